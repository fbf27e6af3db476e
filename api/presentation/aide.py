"""The help page, read from its two files; a search keeps what holds every word typed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from api.rendering import TEMPLATES
from api.views.aide import AidePage, Task, Word
from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.listing import EmptyState, FilterBar
from workflow.texts import TextFault, clean_text, fold

PATH = "/aide"
LONGEST_SEARCH = 100
FOLDER = TEMPLATES / "help"


def aide_page(typed: str, *, may_write: bool) -> AidePage:
    """Every word and every task, or those that the search finds."""
    fault = ""
    try:
        asked = fold(clean_text(typed, longest=LONGEST_SEARCH)).split()
    except TextFault as error:
        fault, asked = str(error), []
    words = tuple(each for each in _words() if _holds(asked, (each.name, each.meaning)))
    tasks = tuple(
        task
        for task, writes in _tasks()
        if (may_write or not writes) and _holds(asked, (task.title, *task.steps))
    )
    field = FieldView(
        name="q",
        label="Chercher dans l’aide",
        type="recherche",
        value=typed,
        error=fault,
        longest=LONGEST_SEARCH,
        scope="aide",
    )
    return AidePage(
        filters=FilterBar(url=PATH, fields=(field,)),
        tasks=tasks,
        words=words,
        empty=None if words or tasks else _empty(),
    )


def _holds(asked: Iterable[str], texts: Iterable[str]) -> bool:
    whole = fold(" ".join(texts))
    return all(word in whole for word in asked)


def _empty() -> EmptyState:
    return EmptyState(
        title="L’aide ne dit rien de cela",
        text="Essayez un mot plus court, ou demandez à la direction de votre organisme.",
        icon="recherche",
        action=Link(label="Toute l’aide", url=PATH),
    )


@lru_cache(maxsize=1)
def _words() -> tuple[Word, ...]:
    held = _read("glossaire.toml", "mot")
    names = {each["cle"]: each["nom"] for each in held}
    return tuple(
        Word(
            key=each["cle"],
            name=each["nom"],
            meaning=each["sens"],
            see=tuple(Link(label=names[key], url=f"#{key}") for key in each.get("voir", ())),
        )
        for each in sorted(held, key=lambda each: fold(each["nom"]))
    )


@lru_cache(maxsize=1)
def _tasks() -> tuple[tuple[Task, bool], ...]:
    return tuple(
        (
            Task(
                key=f"faire-{each['cle']}",
                title=each["titre"],
                steps=tuple(each["pas"]),
                link=Link(label=each["vers"], url=each["lien"]) if "lien" in each else None,
            ),
            each.get("ecriture", False),
        )
        for each in _read("comment_faire.toml", "geste")
    )


def _read(name: str, key: str) -> list[dict[str, Any]]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))[key]
