"""What an organisme already knows, by all that a line may name it by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from grants.dossiers.tables import Dossier
from grants.organisation.people import sorting_key
from grants.organisation.tables import Adhesion, Compte, Personne
from grants.organisation.vocabulary import collegue_choices
from grants.reprise.tables import RepriseLigne
from grants.structures.tables import Contact, Structure
from workflow.database import table_of
from workflow.texts import fold

_S, _P, _C = table_of(Structure), table_of(Personne), table_of(Contact)
_D, _L = table_of(Dossier), table_of(RepriseLigne)
_A, _U = table_of(Adhesion), table_of(Compte)
STRUCTURE, PERSONNE, CONTACT, DOSSIER = "structure", "personne", "contact", "dossier"


@dataclass(slots=True, eq=False)
class Fiche:
    """A structure, a personne or a contact: known already, or about to be (`line` of the file)."""

    values: dict[str, Any]
    id: int | None = None
    line: int = 0
    externe: str | None = None
    empreinte: str | None = None

    @property
    def is_new(self) -> bool:
        """Whether the file brings it."""
        return self.line > 0


@dataclass(slots=True)
class Index:
    """Fiches of one kind by several keys; a key that several share names none of them."""

    fiches: dict[tuple[str, Any], Fiche | None] = field(default_factory=dict)

    def add(self, fiche: Fiche, keys: Iterable[tuple[str, Any]]) -> None:
        """Make a fiche known by these keys."""
        for key in keys:
            if key[1]:
                there = self.fiches.get(key, fiche)
                self.fiches[key] = fiche if there is fiche else None

    def find(self, kind: str, value: Any) -> Fiche | None:
        """The one fiche known by this key."""
        return self.fiches.get((kind, value)) if value else None

    def is_ambiguous(self, kind: str, value: Any) -> bool:
        """Whether several fiches are known by this key."""
        return bool(value) and (kind, value) in self.fiches and not self.fiches[(kind, value)]


@dataclass(slots=True)
class Known:
    """Everything that lines are matched with, of one organisme."""

    structures: Index = field(default_factory=Index)
    personnes: Index = field(default_factory=Index)
    contacts: dict[tuple[int, int], Fiche] = field(default_factory=dict)
    contacts_by_name: dict[tuple[int, str], Fiche] = field(default_factory=dict)
    references: dict[str, int] = field(default_factory=dict)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    colleagues: dict[str, int] = field(default_factory=dict)


def structure_keys(fiche: Fiche) -> list[tuple[str, Any]]:
    """What a structure is known by."""
    values = fiche.values
    name = values["nom_cle"]
    return [
        ("siret", values.get("siret")),
        ("rna", values.get("rna")),
        ("externe", fiche.externe),
        ("email", values.get("email") and (values["email"], name)),
        ("nom", name),
        ("lieu", values.get("commune") and (name, fold(values["commune"]))),
    ]


def personne_keys(fiche: Fiche) -> list[tuple[str, Any]]:
    """What a personne is known by."""
    values = fiche.values
    telephone = values.get("telephone")
    return [
        ("email", values.get("email")),
        ("telephone", telephone and (values["nom_cle"], telephone)),
    ]


def load_known(connection: Connection, organisme_id: int) -> Known:
    """Read what is known. A few statements, whatever the size of the file."""
    known = Known()
    external = _externals(connection, organisme_id, known)
    for row in connection.execute(select(*_S.c).where(_S.c.organisme_id == organisme_id)):
        # What a merged structure was known by leads to the one that was kept.
        kept = row.absorbee_par_id or row.id
        fiche = Fiche(dict(row._mapping), kept, externe=external.get((STRUCTURE, row.id)))  # noqa: SLF001 — SQLAlchemy's documented name
        known.structures.add(fiche, structure_keys(fiche))
    people: dict[int, Fiche] = {}
    for row in connection.execute(select(*_P.c).where(_P.c.organisme_id == organisme_id)):
        fiche = people[row.id] = Fiche(dict(row._mapping), row.id)  # noqa: SLF001 — the same
        known.personnes.add(fiche, personne_keys(fiche))
    contacts = select(_C.c.structure_id, _C.c.personne_id).where(_C.c.organisme_id == organisme_id)
    for structure_id, personne_id in connection.execute(contacts):
        person = people[personne_id]
        known.contacts[structure_id, personne_id] = person
        known.contacts_by_name.setdefault((structure_id, person.values["nom_cle"]), person)
    references = select(_D.c.reference, _D.c.id).where(_D.c.organisme_id == organisme_id)
    known.references = {row.reference: row.id for row in connection.execute(references)}
    known.colleagues = _colleagues(connection, organisme_id)
    return known


def _externals(
    connection: Connection, organisme_id: int, known: Known
) -> Mapping[tuple[str, int], str]:
    """The numbers that fiches had elsewhere; the digests of the lines go straight to `known`."""
    query = select(_L.c.genre, _L.c.fiche_id, _L.c.externe, _L.c.empreinte).where(
        _L.c.organisme_id == organisme_id
    )
    found: dict[tuple[str, int], str] = {}
    for kind, id, external, digest in connection.execute(query):
        if external:
            found[kind, id] = external
        if digest:
            known.lines[kind, digest] = id
    return found


def _colleagues(connection: Connection, organisme_id: int) -> dict[str, int]:
    """The colleagues who may be in charge, by name and by e-mail."""
    active = dict(collegue_choices(connection, organisme_id))
    named = {sorting_key(name): id for id, name in active.items()}
    query = (
        select(_U.c.id, _U.c.email)
        .join(_A, _A.c.compte_id == _U.c.id)
        .where(_A.c.organisme_id == organisme_id)
    )
    return named | {row.email: row.id for row in connection.execute(query) if row.id in active}
