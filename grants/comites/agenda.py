"""The agenda of a séance: the dossiers that come, leave, and the order they are heard in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlmodel import Session

from grants.comites.chain import record
from grants.comites.errors import NotOnTheAgenda, SeanceOver
from grants.comites.reading import read_sitting
from grants.comites.tables import Passage
from grants.comites.vocabulary import ATTENDU, OUVERT, RETIRE
from grants.dossiers.tables import Dossier
from grants.organisation.identity import Acting
from workflow.database import table_of
from workflow.errors import Invalid, NotFound
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Field
from workflow.subject import Subject

_P, _D = table_of(Passage), table_of(Dossier)
_TOO_LATE = ("close", "pv_valide", "annulee")
#: What the chargé writes for the members, before the séance.
NOTE_FIELDS = (
    Field(key="note", label="Analyse", type="texte_long", help="Ce que le comité doit savoir."),
    Field(key="avis_charge", label="Recommandation", type="texte_long"),
    Field(key="vigilance", label="Points d’attention", type="texte_long"),
    Field(key="minutes", label="Temps prévu (minutes)", type="entier", minimum=1, maximum=240),
)


def put_on_agenda(
    connection: Connection, acting: Acting, seance_id: int, dossier_id: int, now: datetime
) -> None:
    """A dossier was inscribed: it comes last on the agenda, or back to it. Raises NotFound."""
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    known = _find(connection, subject, dossier_id)
    if known is not None and known["etat"] != RETIRE:
        return
    if known is None:
        connection.execute(
            insert(_P).values(
                organisme_id=subject.tenant_id,
                seance_id=seance_id,
                dossier_id=dossier_id,
                rang=_last_rank(connection, seance_id) + 1,
                etat=ATTENDU,
                note="",
                avis_charge="",
                vigilance="",
            )
        )
    else:
        connection.execute(update(_P).where(_P.c.id == known["id"]).values(etat=ATTENDU))
    record(connection, subject, acting, "dossier_a_l_ordre_du_jour", {"dossier": dossier_id}, now)


def take_off_agenda(connection: Connection, acting: Acting, dossier_id: int, now: datetime) -> None:
    """A dossier leaves the séance it was expected at; what was voted on it no longer counts."""
    query = select(_P.c.seance_id).where(
        _P.c.organisme_id == acting.organisme_id,
        _P.c.dossier_id == dossier_id,
        _P.c.etat.in_((ATTENDU, OUVERT)),
    )
    for seance_id in connection.execute(query.order_by(_P.c.id)).scalars().all():
        subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
        leaving = update(_P).where(
            _P.c.seance_id == seance_id,
            _P.c.dossier_id == dossier_id,
            _P.c.etat.in_((ATTENDU, OUVERT)),
        )
        if connection.execute(leaving.values(etat=RETIRE)).rowcount:
            told = {"dossier": dossier_id}
            record(connection, subject, acting, "dossier_retire_de_l_ordre_du_jour", told, now)


def order_agenda(
    session: Session, acting: Acting, seance_id: int, dossiers: Sequence[int], now: datetime
) -> bool:
    """Give the dossiers their order. True if it changed. Never commits.

    Raises NotFound, Invalid (a dossier is missing, twice there or not on the agenda), SeanceOver.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    _require_before(subject)
    present = [row["dossier_id"] for row in agenda_of(connection, seance_id)]
    if sorted(dossiers) != sorted(present):
        sentence = "L’ordre du jour a changé entre-temps : rechargez la page et recommencez."
        raise Invalid({"ordre": sentence})
    if list(dossiers) == present:
        return False
    for rank, dossier_id in enumerate(dossiers, start=1):
        place = (_P.c.seance_id == seance_id) & (_P.c.dossier_id == dossier_id)
        connection.execute(update(_P).where(place).values(rang=rank))
    told = {"ordre": list(dossiers)}
    record(connection, subject, acting, "ordre_du_jour_modifie", told, now)
    return True


def write_note(
    session: Session,
    acting: Acting,
    seance_id: int,
    dossier_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
) -> bool:
    """Keep the chargé's note on a dossier, for the pack. True if it changed. Never commits.

    Raises NotFound, NotOnTheAgenda, Invalid, SeanceOver.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    _require_before(subject)
    passage = read_passage(connection, subject, dossier_id)
    values, faults = parse_fields(NOTE_FIELDS, raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    texts = {key: values[key] or "" for key in ("note", "avis_charge", "vigilance") if key in raw}
    changes = {**texts, **({"minutes": values["minutes"]} if "minutes" in raw else {})}
    changed = {key: value for key, value in changes.items() if passage[key] != value}
    if not changed:
        return False
    connection.execute(update(_P).where(_P.c.id == passage["id"]).values(**changed))
    told = {"dossier": dossier_id, "change": sorted(changed)}
    record(connection, subject, acting, "ordre_du_jour_modifie", told, now)
    return True


def agenda_of(connection: Connection, seance_id: int) -> list[dict[str, Any]]:
    """The passages of a séance in their order; those that left are not there."""
    query = (
        select(*_P.c)
        .where(_P.c.seance_id == seance_id, _P.c.etat != RETIRE)
        .order_by(_P.c.rang, _P.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def hours_of(seance: Mapping[str, Any], agenda: Sequence[Mapping[str, Any]]) -> list[datetime]:
    """When each passage is expected to begin, in UTC."""
    at, hours = seance["tenue_le"], []
    for row in agenda:
        hours.append(at)
        at += timedelta(minutes=row["minutes"] or seance["minutes_par_dossier"])
    return hours


def read_passage(connection: Connection, subject: Subject, dossier_id: int) -> dict[str, Any]:
    """A dossier's passage at a séance. Raises NotFound; NotOnTheAgenda where it has left."""
    row = _find(connection, subject, dossier_id)
    if row is None:
        raise NotFound
    if row["etat"] == RETIRE:
        raise NotOnTheAgenda
    return row


def _find(connection: Connection, subject: Subject, dossier_id: int) -> dict[str, Any] | None:
    query = select(*_P.c).where(_P.c.seance_id == subject.id, _P.c.dossier_id == dossier_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def _last_rank(connection: Connection, seance_id: int) -> int:
    query = select(func.coalesce(func.max(_P.c.rang), 0)).where(_P.c.seance_id == seance_id)
    return connection.execute(query).scalar_one()


def _require_before(subject: Subject) -> None:
    if subject.stage in _TOO_LATE:
        raise SeanceOver
