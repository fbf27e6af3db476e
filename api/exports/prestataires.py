"""The directory of prestataires as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

from api.presentation.listed_columns import Column, Kind, Value
from api.presentation.prestataires import skills
from grants.dla.annuaire import PrestataireLine
from grants.structures.nomenclature import nomenclature_label

_COLUMNS: tuple[tuple[str, str, Kind], ...] = (
    ("nom", "Nom", "texte"),
    ("siret", "SIRET", "texte"),
    ("contact", "Interlocuteur", "texte"),
    ("email", "E-mail", "texte"),
    ("telephone", "Téléphone", "texte"),
    ("competences", "Compétences", "texte"),
    ("secteurs", "Secteurs", "texte"),
    ("departements", "Départements", "texte"),
    ("tarif_journalier", "Tarif journalier HT", "montant"),
    ("realisations", "Références", "texte"),
    ("actif", "À consulter", "texte"),
)
#: Each row is told below: no column reads a dossier.
COLUMNS = tuple(Column(key, label, kind, lambda _told: None) for key, label, kind in _COLUMNS)


def rows_of_prestataires(lines: Iterable[PrestataireLine]) -> list[list[Value]]:
    """The cells of each line, in the order of the columns."""
    return [
        [
            line.nom,
            line.siret,
            line.contact,
            line.email,
            line.telephone,
            skills(line.competences),
            ", ".join(map(nomenclature_label, line.secteurs)) or "Tous",
            ", ".join(line.departements) or "Partout",
            line.tarif_journalier,
            line.realisations,
            "oui" if line.actif else "non",
        ]
        for line in lines
    ]
