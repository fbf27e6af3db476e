"""The form of a decision: what the person presiding says, as the chargé writes it down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grants.comites.agenda import read_passage
from grants.comites.decisions import ISSUES, LONGEST, Verdict, decide
from grants.comites.reading import read_sitting
from grants.comites.sieges import Acting
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Choice, Field

_LONGEST_OF_ALL = 8000
DECISION_FIELDS = (
    Field(
        key="retenue",
        label="Décision",
        type="choix",
        required=True,
        choices=tuple(Choice(key=key, label=label) for key, label in ISSUES.items()),
    ),
    Field(
        key="montant",
        label="Montant accordé",
        type="montant",
        minimum=0,
        help="Pour un projet retenu ; vide : le montant que donnent les votes.",
    ),
    Field(
        key="motif",
        label="Motif",
        type="texte_long",
        longest=LONGEST,
        help="Le porteur le lira. Dû quand le projet n’est pas retenu, ou que la décision"
        " s’écarte du vote.",
    ),
    Field(
        key="reserves",
        label="Réserves",
        type="texte_long",
        longest=_LONGEST_OF_ALL,
        help="Une par ligne : chacune sera à lever avant la convention.",
    ),
)


def decide_as_written(
    session: Session,
    engine: Engine,
    acting: Acting,
    place: tuple[int, int],
    raw: Mapping[str, Raw],
    now: datetime,
    key: str | None = None,
) -> dict[str, Any]:
    """The form of a decision, kept. `place`: séance, dossier. Never commits.

    Raises NotFound, NotOnTheAgenda, DecisionRefused, SeanceOver, Invalid with every fault.
    """
    seance_id, dossier_id = place
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    read_passage(connection, subject, dossier_id)
    values, faults = parse_fields(DECISION_FIELDS, raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    verdict = Verdict(
        seance_id,
        dossier_id,
        values["retenue"],
        values["montant"],
        values["motif"] or "",
        tuple((values["reserves"] or "").splitlines()),
        key,
    )
    return decide(session, engine, acting, verdict, now)
