"""Séances planned and changed: each change recorded, what hangs on their date following."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlmodel import Session

from grants.comites.chain import record
from grants.comites.courriers import letters_to, members_of
from grants.comites.errors import SeanceOver
from grants.comites.instances import comite_named
from grants.comites.moves import plan_sitting, stale
from grants.comites.reading import KIND, read_sitting
from grants.comites.tables import Seance
from grants.dossiers.advance import follow_dates, settle
from grants.dossiers.reading import read_subject
from grants.dossiers.tables import Dossier
from grants.organisation.identity import Identity
from notifications import outbox
from notifications.outbox import Occasion
from workflow import journal
from workflow.columns import GENESIS
from workflow.database import table_of
from workflow.dates import plain, to_paris
from workflow.engine import Engine
from workflow.errors import Invalid, KeyReused
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.journal_closed import spared_id
from workflow.pipeline import Field
from workflow.subject import Step, Subject, write_trail

_D, _S = table_of(Dossier), table_of(Seance)
CREATED, CHANGED = "seance_creee", "seance_modifiee"
PIPELINE = "seance"
CONVENED, CONVOCATION = "convoquee", "convocation_membres"
_LONGEST_LINK = 300
#: What members have in their calendars.
_WHERE_AND_WHEN = frozenset({"tenue_le", "lieu", "lien_visio"})
NOTHING = ((None, None), (None, ""))
#: Stages in which a séance has been held, or never will be.
OVER = ("close", "pv_valide", "annulee")

SEANCE_FIELDS = (
    Field(
        key="comite",
        label="Comité",
        type="texte",
        required=True,
        longest=60,
        help="Le nom court de l'instance, comme CTS ou Comité d'appui.",
    ),
    Field(key="tenue_le", label="Date et heure", type="date_heure", required=True),
    Field(key="lieu", label="Lieu", type="texte", longest=300),
    Field(
        key="lien_visio",
        label="Lien de visioconférence",
        type="texte",
        longest=_LONGEST_LINK,
        help="Une adresse en https://, pour qui participe à distance.",
    ),
    Field(
        key="cloture_inscriptions",
        label="Clôture des inscriptions",
        type="date",
        required=True,
        help="Dernier jour où un dossier peut être inscrit à cette séance.",
    ),
    Field(
        key="minutes_par_dossier",
        label="Minutes par dossier",
        type="entier",
        minimum=1,
        maximum=240,
        help="Le temps prévu pour chacun, s’il n’a pas le sien ; 15 si rien n’est dit.",
    ),
)


def create_seance(
    session: Session,
    engine: Engine,
    identity: Identity,
    raw: Mapping[str, Raw],
    now: datetime,
    key: str | None = None,
) -> int:
    """Plan a séance; its id, or that of the one this very form (`key`) already made.

    Never commits. Raises Invalid with every fault, KeyReused, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    done = _created_by(connection, identity.organisme_id, key)
    if done is not None:
        return done
    values, faults = _read(raw)
    if faults:
        raise Invalid(faults)
    comite = comite_named(session, identity, values.pop("comite"), now)
    row = {**values, **spared_id(connection, KIND, _S), **_begun(engine, identity, comite, now)}
    id = connection.execute(insert(_S).values(row).returning(_S.c.id)).scalar_one()
    subject = read_sitting(connection, identity.organisme_id, id, lock=True)
    given = {
        **{name: (None, value) for name, value in values.items()},
        "comite": (None, row["comite"]),
    }
    record(connection, subject, identity, CREATED, _told(given), now, key)
    plan_sitting(connection, engine, subject, None, now)
    return id


def _begun(
    engine: Engine, identity: Identity, comite: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """What a séance of a comité begins with: its rules, its first stage, an empty journal."""
    loaded = engine.catalogue.latest(PIPELINE)
    assert loaded is not None, "the pipeline of the séances is shipped with the program"
    pipeline = loaded.pipeline
    return {
        "organisme_id": identity.organisme_id,
        "comite_id": comite["id"],
        "comite": comite["nom"],
        "regles": comite["regles"],
        "organisateur_id": identity.compte_id,
        "pipeline": pipeline.key,
        "pipeline_version": pipeline.version,
        "stage": pipeline.initial,
        "stage_since": now,
        "trail": write_trail((Step(1, pipeline.initial),)),
        "lock_version": 1,
        "seq": 0,
        "head": GENESIS,
    }


def modify_seance(
    session: Session,
    engine: Engine,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change a séance; the échéances of its dossiers follow its date. True if anything changed.

    Never commits. Raises Invalid with every fault, NotFound, Stale, SeanceOver, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    subject = read_sitting(connection, identity.organisme_id, id, lock=True)
    if version is not None and version != subject.lock_version:
        raise stale(connection, engine, subject)
    values, faults = _read(raw)
    values, more = _checked(connection, subject, values, faults, now)
    if faults or more:
        raise Invalid(faults | more)
    name = values.pop("comite")
    changes = {key: value for key, value in values.items() if subject.row[key] != value}
    if name != subject.row["comite"]:
        comite = comite_named(session, identity, name, now)
        changes |= {"comite": name, "comite_id": comite["id"], "regles": comite["regles"]}
    if not changes:
        return False
    if subject.stage in OVER:
        raise SeanceOver
    told = _told({name: (subject.row[name], value) for name, value in changes.items()})
    _store(connection, subject, changes)
    record(connection, subject, identity, CHANGED, told, now)
    plan_sitting(connection, engine, subject, None, now)
    to_come = subject.row["tenue_le"] > now
    if subject.stage == CONVENED and to_come and changes.keys() & _WHERE_AND_WHEN:
        _convene_again(connection, engine, subject, now)
    for dossier_id in inscribed(connection, identity.organisme_id, id):
        _follow(session, engine, identity.organisme_id, dossier_id, now)
    return True


def _convene_again(connection: Connection, engine: Engine, subject: Subject, now: datetime) -> None:
    """Members already convened are told the new date or the new place, for their calendars."""
    members = members_of(connection, subject)
    letters = letters_to(connection, engine, subject, CONVOCATION, members, {})
    occasion = Occasion(subject.tenant_id, KIND, subject.id, subject.seq, now)
    outbox.enqueue(connection, occasion, letters)


def inscribed(connection: Connection, organisme_id: int, seance_id: int) -> list[int]:
    """The dossiers whose séance this is."""
    query = select(_D.c.id).where(_D.c.organisme_id == organisme_id, _D.c.seance_id == seance_id)
    return list(connection.execute(query.order_by(_D.c.id)).scalars())


def _created_by(connection: Connection, organisme_id: int, key: str | None) -> int | None:
    found = journal.find_by_key(connection, organisme_id, key) if key else None
    if found is None:
        return None
    if (found["subject_kind"], found["event"]) != (KIND, CREATED):
        raise KeyReused
    return found["subject_id"]


def _read(raw: Mapping[str, Raw]) -> tuple[dict[str, Any], dict[str, str]]:
    values, faults = parse_fields(SEANCE_FIELDS, raw, FIELD_TYPES)
    held, closing = values.get("tenue_le"), values.get("cloture_inscriptions")
    if held is not None and closing is not None and closing > to_paris(held).date():
        faults["cloture_inscriptions"] = (
            "Les inscriptions se terminent le jour de la séance au plus tard :"
            " avancez leur clôture, ou repoussez la séance."
        )
    link = values.get("lien_visio")
    if link and not (link.startswith("https://") and " " not in link):
        faults["lien_visio"] = "Écrivez l’adresse complète, qui commence par https://."
    if "lieu" in values:
        values["lieu"] = values["lieu"] or ""
    if "minutes_par_dossier" in values:
        values["minutes_par_dossier"] = values["minutes_par_dossier"] or 15
    return values, faults


def _checked(
    connection: Connection,
    subject: Subject,
    values: dict[str, Any],
    faults: Mapping[str, str],
    now: datetime,
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a change may not do to a séance that was held, or that members were convened to."""
    found: dict[str, str] = {}
    held, moved_to = subject.row["tenue_le"], values.get("tenue_le")
    there = inscribed(connection, subject.tenant_id, subject.id)
    if "tenue_le" not in faults and moved_to and there and held <= now < moved_to:
        found["tenue_le"] = (
            "Cette séance a eu lieu et des dossiers y sont passés : elle ne peut plus être reportée"
            " dans l'avenir. Prévoyez une nouvelle séance."
        )
    moved = "comite" not in faults and values["comite"] != subject.row["comite"]
    if moved and (there or subject.stage != "preparation"):
        found["comite"] = "Des dossiers y sont inscrits : le comité ne change plus."
    return values, found


def _store(connection: Connection, subject: Subject, changes: Mapping[str, Any]) -> None:
    written = update(_S).where(_S.c.id == subject.id)
    connection.execute(written.values(**changes, lock_version=subject.lock_version + 1))
    subject.lock_version += 1
    subject.row = {**subject.row, **changes}


def _told(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Before and after, as the journal keeps them: neither what stays empty, nor the rules."""
    return {
        "champs": {
            name: {"avant": plain(before), "apres": plain(after)}
            for name, (before, after) in changes.items()
            if name not in ("regles", "comite_id") and (before, after) not in NOTHING
        }
    }


def _follow(
    session: Session, engine: Engine, organisme_id: int, dossier_id: int, now: datetime
) -> None:
    connection = session.connection()
    subject = read_subject(connection, engine, organisme_id, dossier_id, lock=True)
    follow_dates(connection, engine, subject, now)
    settle(session, engine, subject, now)
