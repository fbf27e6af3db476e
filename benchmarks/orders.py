"""What is measured: one move of one dossier, the same for every peer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Protocol

ORGANISME, COMPTE = 1, 1
COMPTE_NOM, ROLE = "Camille Exemple", "charge_de_mission"
ACTION, FROM, TO = "selectionner", "cts", "selectionne"
#: What the comité decided to grant, in cents, and as the form sends it.
GRANTED, AMOUNT = 1_234_567, "12 345,67"
# What the dossier is then ready for, once this pièce is validated.
NEXT, AWAITED = "conventionner", "convention_signee"
# What its letter says of where it stands.
DISPOSITIF = "Microprojets associatifs"
STAGE = "Votre projet est retenu, la convention est à signer"
SECTORS = {"insertion_emploi": "Insertion – Emploi"}
#: The reminders of the stage it enters: rule, occurrence, after how many working days.
REMINDERS = (
    ("convention_non_signee", 1, 15),
    ("convention_non_signee", 2, 30),
    ("convention_a_demander", 1, 45),
)
LETTER, LETTER_TITLE = "notification_accord", "Notification d'accord"
PIPELINE, PIPELINE_VERSION = "microprojets", 1
# One moment for the whole run, just past: the comité has met, whatever the clock of a server says.
NOW = datetime.now(UTC).replace(microsecond=123456) - timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Order:
    """« Retenir le projet » : what a form sends, and what the dossier looked like on screen."""

    dossier_id: int
    amount: str
    version: int
    key: str


class Peer(Protocol):
    """One way of carrying out an order, durable when `move` returns. Called from any thread."""

    name: str

    def move(self, order: Order) -> None:
        """Carry it out in one transaction."""
        ...

    def close(self) -> None:
        """Give the connections back."""
        ...


class Orders:
    """The dossiers that are ready to move, each handed out once."""

    def __init__(self, dossiers: Sequence[int]) -> None:
        self._ids: Iterator[int] = iter(dossiers)

    def take(self, number: int) -> list[Order]:
        """The next orders. Raises RunOut."""
        taken = [Order(id, AMOUNT, 1, f"cle-{id:012d}") for id in islice(self._ids, number)]
        if len(taken) < number:
            raise RunOut
        return taken


class RunOut(RuntimeError):
    """More moves were asked for than dossiers were made."""
