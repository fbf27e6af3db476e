"""The séances that a dossier comes or came before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from grants.comites.agenda import RETIRE
from grants.comites.tables import Decision, Passage, Reserve, Seance
from workflow.database import table_of
from workflow.statements import Statement

_P, _S, _X, _R = (table_of(each) for each in (Passage, Seance, Decision, Reserve))
_HEARD = Statement(
    select(
        _S.c.id,
        _S.c.comite,
        _S.c.tenue_le,
        *(_S.c.stage, _S.c.regles),
        *(_P.c.etat, _P.c.note, _P.c.avis_charge, _P.c.vigilance),
        *(_X.c.retenue, _X.c.montant, _X.c.appliquee_le),
        exists().where(_R.c.decision_id == _X.c.id).label("reserves"),
    )
    .select_from(_P)
    .join(_S, _S.c.id == _P.c.seance_id)
    .outerjoin(_X, (_X.c.seance_id == _P.c.seance_id) & (_X.c.dossier_id == _P.c.dossier_id))
    .where(_P.c.dossier_id == bindparam("dossier"), _P.c.etat != RETIRE)
    .order_by(_S.c.tenue_le.desc(), _S.c.id.desc())
)


def hearings_of_dossier(connection: Connection, dossier_id: int) -> list[dict[str, Any]]:
    """Each séance whose agenda the dossier is on, latest first, with what was decided there."""
    return _HEARD.rows(connection, {"dossier": dossier_id})
