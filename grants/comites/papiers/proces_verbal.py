"""The minutes as a paper, and their extracts: sealed by what they are made of."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from grants.comites.errors import NotOnTheAgenda, PaperRefused
from grants.comites.minutes import digest_of, minutes_row, read_minutes
from grants.comites.papiers.pv_blocks import extract_blocks, minutes_blocks
from grants.comites.papiers.words import day_of, hour_of, moment_of, name_of, when_of
from grants.comites.reading import read_sitting
from grants.organisation.letterhead import letterhead_of
from notifications.document import Block
from notifications.document_data import data_of
from notifications.letterhead import Letterhead
from notifications.papers import Paper

#: From its closing on, a séance has minutes; before they are validated they are a draft.
_STAGES = ("close", "pv_valide")
VALIDATED, DRAFT = "valide", "projet"
MINUTES, EXTRACT = "proces-verbal", "extrait"
_HOW = (
    "Pour vérifier ce fichier : « Vérifier un procès-verbal », dans Séances, ou"
    " python3 manage.py pv verify FICHIER."
)
_DRAFT = "Projet : ce procès-verbal n’est pas encore validé."


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of a séance as they stand: their data, what proves them, who validated them."""

    seance_id: int
    data: Mapping[str, Any]
    empreinte: str
    ancre: str
    head: Letterhead
    valide_par: str | None = None
    valide_le: datetime | None = None

    @property
    def name(self) -> str:
        """« CTS du 12 mars 2027 »."""
        return name_of(self.data["seance"]["comite"], self.held)

    @property
    def held(self) -> datetime:
        """When it was held."""
        held = moment_of(self.data["seance"]["tenue_le"])
        assert held is not None, "a séance has its date"
        return held

    def marks(self, kind: str) -> tuple[str, ...]:
        """What the file says of itself, for whoever verifies it."""
        state = DRAFT if self.valide_le is None else VALIDATED
        place = f"seance={self.seance_id}"
        return (kind, place, f"empreinte={self.empreinte}", f"tete={self.ancre}", f"etat={state}")


def minutes_of(connection: Connection, organisme_id: int, seance_id: int) -> Minutes:
    """The minutes of a séance that is over. Raises NotFound, PaperRefused."""
    seance = read_sitting(connection, organisme_id, seance_id, lock=False)
    if seance.stage not in _STAGES:
        sentence = "Le procès-verbal se fait une fois la séance close : closez-la d’abord."
        raise PaperRefused(raison=sentence)
    row = minutes_row(connection, seance_id) or {}
    validated = row.get("empreinte") is not None
    data = json.loads(row["donnees"]) if validated else read_minutes(connection, seance)
    return Minutes(
        seance_id=seance_id,
        data=data,
        empreinte=row["empreinte"] if validated else digest_of(data),
        ancre=row["ancre"] if validated else seance.head,
        head=letterhead_of(connection, organisme_id, "direction", None),
        valide_par=row["valide_par"] if validated else None,
        valide_le=row["valide_le"] if validated else None,
    )


def minutes_paper(minutes: Minutes, now: datetime, hidden: Collection[int] = ()) -> Paper:
    """The minutes to print, dated of their validation; a draft, of today.

    `hidden`: the dossiers whose reader stepped aside.
    """
    return _paper(minutes, MINUTES, "Procès-verbal", minutes_blocks(minutes.data, hidden), now)


def extract_paper(minutes: Minutes, dossier_id: int, now: datetime) -> Paper:
    """What they say of one dossier. Raises NotOnTheAgenda, PaperRefused."""
    dossier = next(
        (each for each in minutes.data["dossiers"] if each["dossier"] == dossier_id), None
    )
    if dossier is None:
        raise NotOnTheAgenda
    if minutes.valide_le is None:
        sentence = "Un extrait se tire du procès-verbal validé : validez-le d’abord."
        raise PaperRefused(raison=sentence)
    title = f"Extrait du procès-verbal, dossier {dossier['reference']}"
    return _paper(minutes, EXTRACT, title, extract_blocks(minutes.data, dossier), now)


def seal_of(minutes: Minutes, kind: str = MINUTES) -> dict[str, Any]:
    """What the minutes are made of, in words and in digests."""
    if minutes.valide_le is None:
        words = "Ces données peuvent encore changer, jusqu’à la validation."
    else:
        at = f"{day_of(minutes.valide_le)} à {hour_of(minutes.valide_le)}"
        words = f"Procès-verbal validé le {at} par {minutes.valide_par}."
    if kind == EXTRACT:
        words += " Le procès-verbal entier fait foi ; ses preuves sont celles-ci."
    return {
        "title": "Ce qui le prouve",
        "words": words,
        "marks": [
            ["Empreinte des données du procès-verbal (SHA-256)", minutes.empreinte],
            ["Tête du journal de la séance", minutes.ancre],
        ],
        "advice": "" if kind == EXTRACT else _HOW,
    }


def _paper(
    minutes: Minutes, kind: str, title: str, blocks: tuple[Block, ...], now: datetime
) -> Paper:
    draft = minutes.valide_le is None
    return Paper(
        kind="minutes",
        title=f"{title}, {minutes.name}",
        head=minutes.head,
        at=minutes.valide_le or now,
        keywords=minutes.marks(kind),
        content={
            "over": minutes.data["seance"]["comite"],
            "heading": title if kind == EXTRACT else "Procès-verbal",
            "when": when_of(minutes.held),
            "draft": _DRAFT if draft else "",
            "blocks": data_of(blocks),
            "signing": [] if kind == EXTRACT else ["La personne qui préside", "L’organisme"],
            "seal": seal_of(minutes, kind),
            "foot": f"{minutes.name} · empreinte {minutes.empreinte[:16]}…",
        },
    )
