"""Papers that are no letters: notes, sheets to sign, minutes; under the organisme's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from notifications.email_html import LETTERHEAD
from notifications.letterhead import Letterhead
from notifications.typesetting import Typesetter

PAPERS = Path(__file__).resolve().parent.parent / "templates" / "papers"


@dataclass(frozen=True, slots=True)
class Paper:
    """One file to print. `kind` names its template, `content` is all that it reads: words alone.

    `keywords` are kept with the file, for whoever looks for what it is. `at` dates it.
    """

    kind: str
    title: str
    head: Letterhead
    at: datetime
    content: Mapping[str, Any]
    keywords: tuple[str, ...] = ()


def print_paper(paper: Paper) -> bytes:
    """The paper as one PDF/A-2a and PDF/UA-1 file; the same paper gives the same bytes."""
    setter = _setter()

    def prepared() -> dict[str, str]:
        head, pictures = paper.head, setter.pictures()
        told = {
            "kind": paper.kind,
            "title": paper.title,
            "keywords": paper.keywords,
            "organisme": {
                "name": head.name,
                "address": head.address,
                "contact": head.contact,
                "logo": pictures.name_of(head.logo),
            },
            "content": paper.content,
        }
        return {"paper": setter.told(told)}

    return setter.set_in_type(prepared, paper.at)


@lru_cache(maxsize=1)
def _setter() -> Typesetter:
    return Typesetter("paper.typ", (PAPERS, LETTERHEAD))
