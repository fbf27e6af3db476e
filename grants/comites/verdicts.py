"""The form of a decision: what the person presiding says, as the chargé writes it down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grants.comites.agenda import read_passage
from grants.comites.decisions import LONGEST, Verdict, decide
from grants.comites.mots import AVIS, DECISION, Mots, mots_of
from grants.comites.reading import read_sitting
from grants.comites.regles import load_regles
from grants.organisation.identity import Acting
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Choice, Field

_LONGEST_OF_ALL = 8000


def decision_fields(mots: Mots) -> tuple[Field, ...]:
    """The form of a decision, or of an avis, in the words of its comité."""
    return _fields(mots, mots.nom, mots.issues)


def _fields(mots: Mots, nom: str, issues: Mapping[str, str]) -> tuple[Field, ...]:
    return (
        Field(
            key="retenue",
            label=nom,
            type="choix",
            required=True,
            choices=tuple(Choice(key=key, label=label) for key, label in issues.items()),
        ),
        Field(key="montant", label=mots.montant, type="montant", minimum=0, help=mots.montant_aide),
        Field(key="motif", label="Motif", type="texte_long", longest=LONGEST, help=mots.motif_aide),
        Field(
            key="reserves",
            label="Réserves",
            type="texte_long",
            longest=_LONGEST_OF_ALL,
            help=mots.reserves_aide,
        ),
    )


_DECIDES, _ADVISES = mots_of(DECISION), mots_of(AVIS)
#: What a program sends, whatever the comité: the same keys, each told in both ways.
DECISION_FIELDS = _fields(
    _DECIDES,
    f"{_DECIDES.nom}, ou {_ADVISES.nom.lower()}",
    {key: f"{label}, ou {_ADVISES.issues[key].lower()}" for key, label in _DECIDES.issues.items()},
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
    mots = load_regles(subject.row["regles"]).mots
    values, faults = parse_fields(decision_fields(mots), raw, FIELD_TYPES)
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
