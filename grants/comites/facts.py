"""What is known of the séances, and of what they decided, when a rule asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from grants.comites.queries import inscription_closings, open_seances, read_seance, seance_name
from grants.comites.regles import load_regles
from grants.comites.tables import Decision, Passage, Reserve, Seance
from grants.comites.vocabulary import COMITES
from workflow.database import table_of
from workflow.dates import plain, to_paris
from workflow.references import ReferenceKind
from workflow.statements import Statement
from workflow.subject import Subject

_P, _X, _R, _S = (table_of(each) for each in (Passage, Decision, Reserve, Seance))
_DECIDED = Statement(
    select(
        _P.c.etat,
        _P.c.resultat,
        _S.c.regles,
        _X.c.retenue,
        _X.c.montant,
        _X.c.motif,
    )
    .join(_S, _S.c.id == _P.c.seance_id)
    .outerjoin(_X, (_X.c.seance_id == _P.c.seance_id) & (_X.c.dossier_id == _P.c.dossier_id))
    .where(_P.c.seance_id == bindparam("seance_"), _P.c.dossier_id == bindparam("dossier_"))
)
_CONDITIONS = Statement(
    select(_R.c.texte)
    .join(_X, _X.c.id == _R.c.decision_id)
    .where(
        _X.c.seance_id == bindparam("seance_"),
        _X.c.dossier_id == bindparam("dossier_"),
        _R.c.levee_le.is_(None),
    )
    .order_by(_R.c.rang)
)


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


@COMITES.fact("decision_du_comite", outside=True)
def decision_of_the_comite(connection: Connection, subject: Subject) -> Mapping[str, Any] | None:
    """The dossier's passage at its séance, the count of its votes, and what was decided.

    None: it is on no agenda. `retenue` None: nothing is decided yet. `avis`: nothing will be, the
    comité only advises.
    """
    if subject.row["seance_id"] is None:
        return None
    values = {"seance_": subject.row["seance_id"], "dossier_": subject.id}
    row = _DECIDED.first(connection, values)
    if row is None:
        return None
    count = json.loads(row["resultat"]) if row["resultat"] else None
    advises = not load_regles(row["regles"]).mots.decides
    return {**row, "resultat": count, "avis": advises}


@COMITES.fact("reserves_non_levees")
def open_conditions(connection: Connection, subject: Subject) -> tuple[str, ...]:
    """The conditions of the decision that are not lifted yet, in their order."""
    if subject.row["seance_id"] is None:
        return ()
    values = {"seance_": subject.row["seance_id"], "dossier_": subject.id}
    return tuple(row["texte"] for row in _CONDITIONS.rows(connection, values))


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
