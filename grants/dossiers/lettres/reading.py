"""What a letter says beyond the dossier's own row: one read, and more only for who speaks of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, bindparam, select

from grants.dossiers.facts import appointments_in_force
from grants.dossiers.pieces.guards import HANDED_IN_SO_FAR
from grants.dossiers.pieces.queries import pieces_of
from grants.dossiers.tables import Dossier, RendezVous
from grants.organisation.tables import Adhesion, Compte, Organisme
from grants.structures.tables import Structure
from workflow.database import table_of
from workflow.engine import Engine
from workflow.machine import PipelineMachine
from workflow.many import Among
from workflow.references import ReferenceKind
from workflow.statements import Statement
from workflow.subject import Subject

RENDEZ_VOUS = "rendez_vous"
PIECES = frozenset({"pieces_manquantes", "pieces_attendues"})

_O, _S, _R = table_of(Organisme), table_of(Structure), table_of(RendezVous)
_C, _A, _D = table_of(Compte), table_of(Adhesion), table_of(Dossier)


def _id(name: str) -> Any:
    return bindparam(name, type_=BigInteger)


#: The organisme, the structure and the referent, as far as they are known.
_TOLD = (
    *(_O.c.nom, _O.c.sigle, _O.c.adresse, _O.c.ville, _O.c.email, _O.c.telephone, _O.c.site),
    *(_O.c.departements, _O.c.signataire, _O.c.signataire_qualite),
    _S.c.adresse.label("structure_adresse"),
    _S.c.code_postal.label("structure_code_postal"),
    _S.c.commune.label("structure_commune"),
    _C.c.nom.label("referent_nom"),
    _C.c.email.label("referent_email"),
    _A.c.fonction.label("referent_fonction"),
    _A.c.telephone.label("referent_telephone"),
)
_AROUND = Statement(
    select(*_TOLD)
    .select_from(_O)
    .outerjoin(_S, _S.c.id == _id("structure"))
    .outerjoin(
        _A, and_(_A.c.compte_id == _id("referent"), _A.c.organisme_id == _O.c.id, _A.c.active)
    )
    .outerjoin(_C, _C.c.id == _A.c.compte_id)
    .where(_O.c.id == _id("organisme"))
)
_AROUND_MANY = Statement(
    select(_D.c.id, *_TOLD)
    .select_from(_D)
    .join(_O, _O.c.id == _D.c.organisme_id)
    .outerjoin(_S, _S.c.id == _D.c.structure_id)
    .outerjoin(
        _A,
        and_(_A.c.compte_id == _D.c.referent_id, _A.c.organisme_id == _O.c.id, _A.c.active),
    )
    .outerjoin(_C, _C.c.id == _A.c.compte_id)
    .where(Among(_D.c.id, "dossiers"))
)
_IN_FORCE = Statement(
    select(_R.c.le, _R.c.lieu).where(_R.c.dossier_id == _id("dossier")).order_by(_R.c.id.desc())
    .limit(1)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Around:
    """What was read for a letter. `referred` holds what the answers point to, by field key."""

    row: Mapping[str, Any]
    referred: Mapping[str, dict[str, Any] | None] = field(default_factory=dict)
    appointment: Mapping[str, Any] | None = None
    pieces: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was read for the letters of many dossiers at once, by dossier."""

    rows: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    appointments: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


def gather(
    connection: Connection, dossiers: Collection[int], appointed: Collection[int]
) -> Gathered:
    """Read what surrounds many dossiers. `appointed`: those whose letters say the appointment."""
    rows = _AROUND_MANY.rows(connection, {"dossiers": dossiers}) if dossiers else []
    appointments = appointments_in_force(connection, appointed) if appointed else {}
    return Gathered({row["id"]: row for row in rows}, appointments)


def read_around(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    uses: frozenset[str],
    answers: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    gathered: Gathered | None = None,
) -> Around:
    """Read what letters that use these names say. `answers` are those of a move being made.

    `facts` are those that its guards had read already, and `gathered` what was read for many
    dossiers: nothing is read twice.
    """
    answers, facts = answers or {}, facts or {}
    known = gathered is not None and subject.id in gathered.rows
    return Around(
        row=gathered.rows[subject.id] if known else _row(connection, subject),
        referred=_referred(connection, engine, subject, uses, answers, facts),
        appointment=gathered.appointments.get(subject.id)
        if known
        else _appointment(connection, subject, uses, answers),
        pieces=_pieces(connection, subject, facts) if uses & PIECES else None,
    )


def _row(connection: Connection, subject: Subject) -> Mapping[str, Any]:
    asked = {
        "organisme": subject.tenant_id,
        "structure": subject.row["structure_id"],
        "referent": subject.row["referent_id"],
    }
    found = _AROUND.first(connection, asked)
    assert found is not None, "the dossier was read with its organisme"
    return found


def _referred(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    uses: frozenset[str],
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> dict[str, dict[str, Any] | None]:
    """The rows that the answers point to: the new one, or the one that a move takes away."""
    told: dict[str, dict[str, Any] | None] = {}
    for key, kind in _references(engine, engine.machine(subject), uses):
        assert kind.read is not None, "only those that are read are kept"
        assert kind.tell is not None, "only those that are told are kept"
        id = answers.get(key) or subject.values.get(key)
        known = facts.get(key)
        same = isinstance(known, Mapping) and known["id"] == id
        row = known if same else id and kind.read(connection, subject.tenant_id, id)
        taken_away = key in answers and answers[key] is None
        told[key] = {**kind.tell(row), **({"annule": True} if taken_away else {})} if row else None
    return told


@lru_cache(maxsize=256)
def _references(
    engine: Engine, machine: PipelineMachine, uses: frozenset[str]
) -> tuple[tuple[str, ReferenceKind], ...]:
    """The fields of a pipeline that letters use these names of, and that point to something."""
    kinds, fields = engine.vocabulary.references, machine.fields
    found = [(key, kinds.get(fields[key].type)) for key in uses & fields.keys()]
    return tuple((key, kind) for key, kind in found if kind and kind.read and kind.tell)


def _appointment(
    connection: Connection, subject: Subject, uses: frozenset[str], answers: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The appointment that a move fixes, or the one in force."""
    if RENDEZ_VOUS not in uses:
        return None
    if answers.get(RENDEZ_VOUS) is not None:
        return {"le": answers[RENDEZ_VOUS], "lieu": answers.get("lieu_rendez_vous")}
    return _IN_FORCE.first(connection, {"dossier": subject.id})


def _pieces(
    connection: Connection, subject: Subject, facts: Mapping[str, Any]
) -> list[dict[str, Any]]:
    known = facts.get(HANDED_IN_SO_FAR)
    return pieces_of(connection, subject.row) if known is None else known
