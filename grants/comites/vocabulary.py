"""What the comités bring to pipeline files: the choice of a séance, its dates, its rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from grants.comites.queries import (
    inscription_closings,
    open_seances,
    read_seance,
    seance_name,
)
from workflow.dates import plain, to_paris
from workflow.guards import Attempt, Refusal
from workflow.references import ReferenceKind
from workflow.subject import Subject
from workflow.vocabulary import Register

COMITES = Register()
SEANCE_FIELD = "seance"


def seance_choices(connection: Connection, organisme_id: int) -> list[tuple[int, str]]:
    """The séances of an organisme that a dossier may still be inscribed to, soonest first."""
    today = to_paris(datetime.now(UTC)).date()
    return [(row["id"], seance_name(row)) for row in open_seances(connection, organisme_id, today)]


def seance_label(connection: Connection, organisme_id: int, id: int) -> str | None:
    """« CTS du 12 mars 2027 », for a séance of the organisme."""
    row = read_seance(connection, organisme_id, id)
    return None if row is None else seance_name(row)


@COMITES.fact("clotures_des_seances", outside=True)
def closings(connection: Connection, subject: Subject) -> dict[int, date]:
    """The last day of inscription of each séance of the organisme, by id."""
    return inscription_closings(connection, subject.tenant_id)


@COMITES.fact("seance", outside=True)
def seance_of(connection: Connection, subject: Subject) -> dict[str, Any] | None:
    """The séance that the dossier is inscribed to."""
    if subject.row["seance_id"] is None:
        return None
    return read_seance(connection, subject.tenant_id, subject.row["seance_id"])


@COMITES.fact("date_de_seance", is_date=True)
def seance_date(connection: Connection, subject: Subject) -> datetime | None:
    """When the séance that the dossier is inscribed to is held."""
    row = seance_of(connection, subject)
    return None if row is None else row["tenue_le"]


@COMITES.guard(
    "seance_ouverte",
    says="une séance est ouverte aux inscriptions",
    facts=("clotures_des_seances",),
)
def seance_open(attempt: Attempt) -> Refusal | None:
    """A dossier is inscribed to a séance whose inscriptions are not closed."""
    today = to_paris(attempt.at).date()
    closings: dict[int, date] = attempt.fact("clotures_des_seances")
    chosen = attempt.values.get(SEANCE_FIELD) if attempt.values else None
    if chosen is None:
        if any(closing >= today for closing in closings.values()):
            return None
        sentence = "Aucune séance n'est ouverte aux inscriptions. Créez-en une dans « Séances »."
        return Refusal("aucune_seance_ouverte", sentence, SEANCE_FIELD)
    if chosen in closings and closings[chosen] >= today:
        return None
    sentence = "Les inscriptions à cette séance sont closes. Choisissez-en une autre."
    return Refusal("inscriptions_closes", sentence, SEANCE_FIELD)


@COMITES.guard("autre_seance", says="la nouvelle séance n’est pas celle d’avant")
def another_seance(attempt: Attempt) -> Refusal | None:
    """Changing séance means choosing another one."""
    if attempt.values is None or attempt.values.get(SEANCE_FIELD) != attempt.kept(SEANCE_FIELD):
        return None
    sentence = "Le dossier est déjà inscrit à cette séance. Choisissez-en une autre."
    return Refusal("meme_seance", sentence, SEANCE_FIELD)


@COMITES.guard("seance_tenue", says="la séance a eu lieu", facts=("seance",))
def seance_held(attempt: Attempt) -> Refusal | None:
    """Nothing is decided before the séance was held."""
    seance = attempt.fact("seance")
    if seance is None:
        return Refusal("sans_seance", "Le dossier n'est inscrit à aucune séance.", SEANCE_FIELD)
    if seance["tenue_le"] <= attempt.at:
        return None
    return Refusal("seance_a_venir", f"La séance n'a pas encore eu lieu : {seance_name(seance)}.")


def told_of_seance(row: Mapping[str, Any]) -> dict[str, Any]:
    """What letters may say of a séance."""
    return {
        "cle": str(row["id"]),
        "comite": row["comite"],
        "tenue_le": plain(row["tenue_le"]),
        "lieu": row["lieu"] or None,
        "cloture": plain(row["cloture_inscriptions"]),
    }


COMITES.reference(
    ReferenceKind("seance", seance_choices, seance_label, read_seance, told_of_seance)
)
