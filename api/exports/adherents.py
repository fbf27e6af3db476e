"""The members of the association as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

from api.presentation.adherents import kind_of
from api.presentation.listed_columns import Column, Kind, Value
from grants.adherents.queries import AdherentLine

_COLUMNS: tuple[tuple[str, str, Kind], ...] = (
    ("nom", "Adhérent", "texte"),
    ("nature_iae", "Structure de l’insertion", "texte"),
    ("college", "Collège", "texte"),
    ("debut", "Adhérent depuis", "date"),
    ("fin", "Jusqu’au", "date"),
    ("due", "Cotisation due", "montant"),
    ("payee", "Payé", "montant"),
    ("payee_le", "Payé le", "date"),
)
#: Each row is told below: no column reads a dossier.
COLUMNS = tuple(Column(key, label, kind, lambda _told: None) for key, label, kind in _COLUMNS)


def rows_of_members(lines: Iterable[AdherentLine]) -> list[list[Value]]:
    """The cells of each line, in the order of the columns."""
    return [
        [
            *(line.nom, kind_of(line) or None, line.college, line.debut, line.fin),
            *(line.due, line.payee, line.payee_le),
        ]
        for line in lines
    ]
