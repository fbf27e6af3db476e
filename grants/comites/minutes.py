"""The minutes of a séance as canonical data: made of its journal, and of it alone.

They are frozen with the digest of the data and the head of the séance's chain: whoever holds the
PDF can tell whether it is the one that was validated, and rebuild it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlmodel import Session

from grants.comites.chain import record
from grants.comites.errors import SeanceOver
from grants.comites.mots import SAID
from grants.comites.reading import KIND, read_sitting
from grants.comites.tables import ProcesVerbal
from grants.organisation.identity import Acting
from workflow.database import table_of
from workflow.errors import Invalid, Stale
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.journal import canonical
from workflow.journal_reading import Line, lines_of
from workflow.pipeline import Field
from workflow.subject import Subject
from workflow.texts import TextFault, clean_text

_PV = table_of(ProcesVerbal)
VERSION = 1
LONGEST_REMARKS = 20_000
#: What a séance is where its journal says nothing: an older one knew nothing of it.
UNSAID = {"lieu": "", "lien_visio": None, "minutes_par_dossier": 15}
REMARKS_FIELD = Field(
    key="remarques",
    label="Remarques",
    type="texte_long",
    longest=LONGEST_REMARKS,
    help="Ce qui s’est dit et que les votes ne disent pas. Le procès-verbal le reprend tel quel.",
)


@dataclass(slots=True)
class _Told:
    """What the journal says so far, line after line."""

    seance: dict[str, Any] = field(default_factory=lambda: dict(UNSAID))
    regles: str = ""
    preside: int | None = None
    roster: dict[str, Any] = field(default_factory=dict)
    aside: dict[int, dict[int, str]] = field(default_factory=dict)
    closed: dict[int, dict[str, Any]] = field(default_factory=dict)
    decided: dict[int, dict[str, Any]] = field(default_factory=dict)
    remarques: str = ""


def minutes_from(lines: Iterable[Line]) -> dict[str, Any]:
    """The canonical data of the minutes, from the lines of a séance's journal, oldest first."""
    told = _Told()
    for line in lines:
        _listen(told, line)
    members = told.roster.get("membres", [])
    return {
        "version": VERSION,
        "organisme": told.roster.get("organisme", ""),
        "seance": told.seance,
        "regles": told.regles,
        "preside": _name(members, told.preside),
        "membres": members,
        "dossiers": [_dossier(each, told) for each in told.roster.get("dossiers", [])],
        "remarques": told.remarques,
    }


def digest_of(data: dict[str, Any]) -> str:
    """The SHA-256 of the canonical data: what the PDF prints."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def read_minutes(connection: Connection, subject: Subject) -> dict[str, Any]:
    """The minutes of a séance as its journal gives them now. `subject` is the séance."""
    lines = lines_of(connection, KIND, subject.id)
    return minutes_from(reversed(lines))


def freeze_minutes(connection: Connection, subject: Subject, acting: Acting, now: datetime) -> str:
    """Freeze the minutes as they are at that instant; their digest."""
    data = read_minutes(connection, subject)
    digest = digest_of(data)
    values = {
        "donnees": canonical(data),
        "empreinte": digest,
        "ancre": subject.head,
        "valide_par": acting.nom,
        "valide_le": now,
    }
    row = minutes_row(connection, subject.id)
    if row is None:
        place = {"seance_id": subject.id, "organisme_id": subject.tenant_id}
        connection.execute(insert(_PV).values(**place, remarques="", version=1, **values))
    else:
        connection.execute(update(_PV).where(_PV.c.seance_id == subject.id).values(**values))
    record(connection, subject, acting, "pv_fige", {"empreinte": digest}, now)
    return digest


def write_remarks(
    session: Session,
    acting: Acting,
    seance_id: int,
    texte: str,
    now: datetime,
    version: int | None = None,
) -> bool:
    """Keep the remarks of the minutes, until they are validated. True if they changed.

    Never commits. Raises NotFound, Invalid, Stale, SeanceOver.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    if subject.stage not in ("ouverte", "close"):
        raise SeanceOver
    try:
        text = clean_text(texte or "", longest=LONGEST_REMARKS, multiline=True)
    except TextFault as fault:
        raise Invalid({"remarques": str(fault)}) from fault
    row = minutes_row(connection, seance_id)
    seen = 0 if row is None else row["version"]
    if version is not None and version != seen:
        raise Stale("un collègue", None, "à l’instant", "remarques du procès-verbal")
    if text == ("" if row is None else row["remarques"]):
        return False
    if row is None:
        place = {"seance_id": seance_id, "organisme_id": subject.tenant_id}
        connection.execute(insert(_PV).values(**place, remarques=text, version=1))
    else:
        changed = update(_PV).where(_PV.c.seance_id == seance_id)
        connection.execute(changed.values(remarques=text, version=seen + 1))
    record(connection, subject, acting, "remarques_du_pv", {"remarques": text}, now)
    return True


def keep_remarks(
    session: Session,
    acting: Acting,
    seance_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """The form of the remarks, kept. Never commits. Raises like `write_remarks`."""
    read_sitting(session.connection(), acting.organisme_id, seance_id, lock=False)
    values, faults = parse_fields((REMARKS_FIELD,), raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    return write_remarks(session, acting, seance_id, values["remarques"] or "", now, version)


def minutes_row(connection: Connection, seance_id: int) -> dict[str, Any] | None:
    """What is kept of a séance's minutes."""
    query = select(*_PV.c).where(_PV.c.seance_id == seance_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def _listen(told: _Told, line: Line) -> None:
    content = line.content
    if line.event in ("seance_creee", "seance_modifiee", "reprogrammer"):
        told.seance |= {key: _after(value) for key, value in content.get("champs", {}).items()}
    elif line.event == "regles_figees":
        told.regles, told.preside = content["regles"], content["preside"]
    elif line.event == "presidence_notee":
        told.preside = content["membre"]
    elif line.event == "feuille_de_presence":
        told.roster = dict(content)
    elif line.event == "deport_declare":
        aside = told.aside.setdefault(content["dossier"], {})
        aside[content["membre"]] = content["motif"]
    elif line.event == "deport_retire":
        told.aside.get(content["dossier"], {}).pop(content["membre"], None)
    elif line.event == "vote_clos":
        told.closed[content["dossier"]] = dict(content)
    elif line.event in SAID:
        told.decided[content["dossier"]] = dict(content)
    elif line.event == "remarques_du_pv":
        told.remarques = content["remarques"]


def _after(value: Any) -> Any:
    """What a value became, where the journal keeps it with what it was."""
    return value["apres"] if isinstance(value, dict) else value


def _dossier(each: dict[str, Any], told: _Told) -> dict[str, Any]:
    id, members = each["dossier"], told.roster["membres"]
    closed, decided = told.closed.get(id), told.decided.get(id)
    aside = told.aside.get(id, {})
    return {
        **each,
        "deports": [
            {"membre": member, "nom": _name(members, member), "motif": why}
            for member, why in sorted(aside.items())
        ],
        "vote": None if closed is None else _vote(closed, members),
        "decision": None if decided is None else _decision(decided),
    }


def _vote(closed: dict[str, Any], members: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "comptage": closed["comptage"],
        "bulletins": [
            {**ballot, "nom": _name(members, ballot["membre_id"])}
            if "membre_id" in ballot
            else ballot
            for ballot in closed["bulletins"]
        ],
        "voix": closed["voix"],
        "preside": _name(members, closed["preside"]),
    }


def _decision(decided: dict[str, Any]) -> dict[str, Any]:
    keys = ("proposee", "retenue", "montant_propose", "montant", "motif", "reserves", "par")
    return {key: decided[key] for key in keys}


def _name(members: list[dict[str, Any]], id: int | None) -> str | None:
    return next((each["nom"] for each in members if each["membre"] == id), None)
