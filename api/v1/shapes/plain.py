"""What several answers share: names, reasons, what was made or changed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

Cents = Annotated[int, Field(description="En centimes d’euro.")]
Version = Annotated[int, Field(description="À rendre dans « If-Match » ; c’est aussi l’« ETag ».")]
Values = Annotated[
    dict[str, str | list[str] | None],
    Field(description="Les réponses par champ, telles qu’on les renvoie."),
]

Schema = Annotated[
    dict[str, Any],
    Field(
        description="Le JSON Schema de ce qui est à répondre. « x-type » est le type du champ ;"
        " « x-minimum » et « x-maximum », ses bornes ;"
        " « x-choix », ce qui peut être choisi aujourd’hui dans votre organisme."
    ),
]


def one_of(*words: str) -> Any:
    """What a text of the answer may be."""
    return Field(json_schema_extra={"enum": list(words)})


class Named(TypedDict):
    """Quelqu’un ou quelque chose, par son nom."""

    id: int
    nom: str


class Moi(TypedDict):
    """Pour qui ce jeton agit, et ce qu’il permet."""

    compte: Named
    organisme: Named
    role: str
    jeton: str
    portee: str
    expire_le: datetime


class Raison(TypedDict):
    """Une raison d’un refus : un code, une phrase, et le champ où la corriger."""

    code: str
    message: str
    champ: str | None


class Cree(TypedDict):
    """Ce qui vient d’être enregistré."""

    id: int


class Ajoute(TypedDict):
    """La personne ajoutée, et ce qui différait de ce que l’on savait d’elle."""

    personne_id: int
    nom: str
    differe: list[str]


class Change(TypedDict):
    """Si quelque chose a changé."""

    change: bool


class ChangeVersion(TypedDict):
    """Si quelque chose a changé, et la version qui en résulte."""

    change: bool
    version: Version
