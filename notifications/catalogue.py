"""The catalogue of letters: what a pipeline may name, to whom it goes, and who lets it leave."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Release = Literal["automatique", "a_valider"]
Channel = Literal["courriel", "papier"]


class Letter(BaseModel):
    """One letter: `a_valider` waits for a person's « Envoyer », `automatique` leaves by itself.

    `channels`: by e-mail, on paper, or both (the e-mail then carries the letter as a PDF).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    title: str = Field(min_length=1, max_length=120)
    to: Literal["porteur", "structure", "membres", "prestataires", "referent"]
    release: Release
    channels: tuple[Channel, ...] = Field(default=("courriel",), min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    letters: tuple[Letter, ...] = Field(default=(), alias="letter")


class FaultyCatalogue(Exception):
    """Le catalogue des lettres est mal décrit ; rien ne démarre avant correction."""


def load_letters(folders: Iterable[Path]) -> dict[str, Letter]:
    """Every letter of every `*.toml`, by key. Raises FaultyCatalogue with all faults."""
    letters: dict[str, Letter] = {}
    faults: list[str] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        for letter in _read(path, faults):
            if letter.key in letters:
                faults.append(f"{path.name} · {letter.key} : lettre déclarée deux fois")
            letters[letter.key] = letter
    if faults:
        raise FaultyCatalogue("\n".join([FaultyCatalogue.__doc__ or "", *faults]))
    return letters


def _read(path: Path, faults: list[str]) -> tuple[Letter, ...]:
    try:
        return _File.model_validate(tomllib.loads(path.read_text("utf-8"))).letters
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{path.name} : {error}")
    except ValidationError as error:
        for each in error.errors():
            place = ".".join(str(part) for part in each["loc"])
            faults.append(f"{path.name} · {place} : {each['msg']}")
    return ()
