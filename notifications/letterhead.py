"""What stands around a letter: who writes, who signs, whom it goes to, under which emblems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from notifications.letter_filters import CIVILITIES
from notifications.outbox import Recipient

Flag = Literal["europe", "france"]


@dataclass(frozen=True, slots=True)
class Emblem:
    """A flag that publicity is owed to, and the words beside it."""

    flag: Flag
    words: str


EUROPE = Emblem("europe", "Cofinancé par l’Union européenne")
FRANCE = Emblem("france", "Avec le soutien de l’État")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The organisme as its letters show it, and the person who signs them.

    `address` is its lines, `contact` one line (telephone, e-mail, site), `place` the town that
    the letters are dated from. `emblems` are shown by the letters whose catalogue row asks it.
    """

    name: str
    address: tuple[str, ...] = ()
    contact: str = ""
    place: str = ""
    logo: bytes | None = None
    signature: bytes | None = None
    signatory: str = ""
    signatory_title: str = ""
    emblems: tuple[Emblem, ...] = ()


def addressee(recipient: Recipient, context: Mapping[str, Any]) -> tuple[str, ...]:
    """The lines of the window: the structure, the person, the street, the town in capitals."""
    structure = context.get("structure") or {}
    porteur = context.get("porteur") or {}
    street = [line for line in str(structure.get("adresse") or "").splitlines() if line.strip()]
    town = f"{structure.get('code_postal') or ''} {structure.get('commune') or ''}".strip()
    body = structure.get("nom") or ""
    person = recipient.name
    if person and person == porteur.get("nom") and porteur.get("civilite"):
        person = f"{CIVILITIES.get(str(porteur['civilite']).lower(), '')} {person}".strip()
    names = [body, person] if body != recipient.name else [body]
    return tuple(filter(None, (*names, *street, town.upper())))


def unposted(context: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of what an envelope lacks to reach the structure."""
    structure = context.get("structure") or {}
    owed = ("adresse", "code_postal", "commune")
    return tuple(f"structure.{name}" for name in owed if not structure.get(name))
