"""Many organismes with many dossiers, written at once: what pages are measured on.

Rows go in by COPY on PostgreSQL and by `executemany` on SQLite, without the triggers that keep
the search index and the counts; both are then filled by the very statements of their migrations,
and the triggers put back.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, count
from typing import Any

from sqlalchemy import Connection, insert

from api.migrations import compteurs_1, mots_proches_1, recherche_1
from api.migrations.types import as_driver_takes
from benchmarks.orders import NOW
from benchmarks.seeding import tidy
from grants.dossiers.tables import Dossier, Note
from grants.organisation.tables import Adhesion, Compte, Organisme, Personne
from grants.structures.tables import Structure
from workflow.columns import GENESIS
from workflow.database import Database, table_of
from workflow.echeance_table import Echeance
from workflow.engine import Engine
from workflow.journal_tables import JournalEntry
from workflow.pipeline import Pipeline
from workflow.texts import fold

#: How many organismes, and how many dossiers the first of them has, for a number of dossiers.
SHAPES = {10_000: (2, 5_000), 100_000: (13, 20_000), 1_000_000: (130, 50_000)}
REFERENTS = 12
_COMMUNES = 300
_DEPARTEMENTS = ("06", "11", "13", "30", "34", "83", "93")
_KEYS = ("microprojets", "dla_individuel", "iae_structures", "iae_porteurs")
_SHARES = (70, 15, 10, 5)
_NOUNS = ("atelier", "jardin", "épicerie", "fournil", "recyclerie", "théâtre", "vélo", "café")
_ADJECTIVES = ("solidaire", "partagé", "associatif", "itinérant", "paysan", "numérique", "mobile")
_WITH_STRUCTURE, _WITH_REFERENT, _GRANTED = 0.8, 0.9, 0.4
_DERIVED = ("recherche", "compteur")


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who visits, and one dossier of the largest organisme, in the middle of its list."""

    organisme_id: int
    compte_id: int
    dossier_id: int


@dataclass(slots=True)
class _Numbers:
    """The next id of each table."""

    structure: Iterator[int]
    personne: Iterator[int]
    dossier: Iterator[int]
    note: Iterator[int]


def crowd(database: Database, engine: Engine, dossiers: int) -> Crowd:
    """Fill an empty schema with that many dossiers."""
    organismes, largest = SHAPES.get(dossiers, (2, dossiers // 2))
    others = (dossiers - largest) // max(organismes - 1, 1)
    pipelines = [found.pipeline for key in _KEYS if (found := engine.catalogue.latest(key))]
    numbers = _Numbers(count(1), count(1), count(1), count(1))
    chance = random.Random(dossiers)  # noqa: S311 - the same crowd at every run
    with database.unit_of_work() as session:
        connection = session.connection()
        resting = _without_triggers(connection)
        for id in range(1, organismes + 1):
            size = largest if id == 1 else others
            _organisme(connection, id)
            _fill(connection, id, size, pipelines, numbers, chance)
        for statement in resting:
            connection.exec_driver_sql(statement)
    tidy(database)
    return Crowd(1, 1, largest // 2)


def _without_triggers(connection: Connection) -> list[str]:
    """Take the triggers away; the statements that fill what they kept, and bring them back."""
    dialect = connection.dialect.name
    filling = [
        as_driver_takes(statement, dialect)
        for version in (recherche_1, compteurs_1, mots_proches_1)
        for statement in version.filling(dialect)
    ]
    if dialect == "sqlite":
        kept = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).all()
        kept = [(name, sql) for name, sql in kept if name.startswith(_DERIVED)]
        for name, _ in kept:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return filling + [sql for _, sql in kept]
    tables = [source.table for source in recherche_1.SOURCES]
    for table in tables:
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    settled = [
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        for table in ("organisme", "compte", "adhesion", "structure", "personne", "dossier", "note")
    ]
    return filling + [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables] + settled


def _organisme(connection: Connection, id: int) -> None:
    name = f"Association de mesure {id}"
    connection.execute(insert(Organisme).values(id=id, nom=name, cree_le=NOW))
    for rank in range(REFERENTS):
        compte = (id - 1) * REFERENTS + rank + 1
        who = {"email": f"compte{compte}@example.org", "nom": f"Camille {compte:05d}"}
        connection.execute(insert(Compte).values(id=compte, cree_le=NOW, **who))
        role = {"organisme_id": id, "compte_id": compte, "role": "charge_de_mission"}
        connection.execute(insert(Adhesion).values(active=True, **role))


def _fill(
    connection: Connection,
    organisme_id: int,
    size: int,
    pipelines: Sequence[Pipeline],
    numbers: _Numbers,
    chance: random.Random,
) -> None:
    structures = [next(numbers.structure) for _ in range(max(1, size * 2 // 5))]
    personnes = [next(numbers.personne) for _ in range(max(1, size * 2 // 3))]
    _write(connection, Structure, (_structure(organisme_id, id, chance) for id in structures))
    _write(connection, Personne, (_personne(organisme_id, id, chance) for id in personnes))
    dossiers = [
        _dossier(organisme_id, next(numbers.dossier), pipelines, structures, personnes, chance)
        for _ in range(size)
    ]
    _write(connection, Dossier, iter(dossiers))
    _write(connection, JournalEntry, chain.from_iterable(map(_entries, dossiers)))
    _write(connection, Echeance, (_echeance(dossier) for dossier in dossiers[::4]))
    noted = dossiers[::3]
    _write(connection, Note, (_note(next(numbers.note), each, chance) for each in noted))


def _words(chance: random.Random) -> str:
    noun, adjective = chance.choice(_NOUNS), chance.choice(_ADJECTIVES)
    return f"{noun.capitalize()} {adjective}"


def _structure(organisme_id: int, id: int, chance: random.Random) -> dict[str, Any]:
    nom = f"{_words(chance)} {_family(id)}"
    return {
        "id": id,
        "organisme_id": organisme_id,
        "nom": nom,
        "nom_cle": fold(nom),
        "siret": f"{id:014d}",
        "commune": f"Commune {chance.randrange(_COMMUNES):03d}",
        "departement": chance.choice(_DEPARTEMENTS),
        "seq": 0,
        "head": GENESIS,
    }


def _personne(organisme_id: int, id: int, chance: random.Random) -> dict[str, Any]:
    nom = f"Camille {_family(id)} {chance.randrange(100)}"
    return {
        "id": id,
        "organisme_id": organisme_id,
        "nom": nom,
        "nom_cle": fold(nom),
        "email": f"porteur{id}@example.org",
        "telephone": f"+336{id % 100_000_000:08d}",
        "seq": 0,
        "head": GENESIS,
    }


def _family(number: int) -> str:
    """A name of four syllables: five thousand of them, as there are families."""
    number %= 5_000
    letters = "bcdfglmnprstv"
    syllables = []
    for vowel in "aeio":
        number, rank = divmod(number, len(letters))
        syllables.append(letters[rank] + vowel)
    return "".join(syllables).capitalize()


def _dossier(
    organisme_id: int,
    id: int,
    pipelines: Sequence[Pipeline],
    structures: Sequence[int],
    personnes: Sequence[int],
    chance: random.Random,
) -> dict[str, Any]:
    pipeline = chance.choices(pipelines, _SHARES[: len(pipelines)])[0]
    stage = chance.choice(pipeline.stages).key
    opened = date(2022, 1, 1) + timedelta(days=chance.randrange(1700))
    since = datetime(opened.year, opened.month, opened.day, 9, tzinfo=NOW.tzinfo)
    since += timedelta(minutes=chance.randrange(60 * 24 * 60))
    titre = f"{_words(chance)} {id}"
    asked = chance.randrange(1, 40) * 50_000
    referent = (organisme_id - 1) * REFERENTS + chance.randrange(REFERENTS) + 1
    return {
        "id": id,
        "organisme_id": organisme_id,
        "reference": f"MP-{opened.year}-{id:06d}",
        "ouvert_le": opened,
        "porteur_id": chance.choice(personnes),
        "structure_id": chance.choice(structures) if chance.random() < _WITH_STRUCTURE else None,
        "referent_id": referent if chance.random() < _WITH_REFERENT else None,
        "titre": titre,
        "titre_cle": fold(titre),
        "objet": "Un lieu où l’on apprend, deux emplois à la clé.",
        "commune": f"Commune {chance.randrange(_COMMUNES):03d}",
        "departement": chance.choice(_DEPARTEMENTS),
        "montant_demande": asked,
        "montant_accorde": asked // 2 if chance.random() < _GRANTED else None,
        "donnees": "{}",
        "pipeline": pipeline.key,
        "pipeline_version": pipeline.version,
        "stage": stage,
        "stage_since": min(since, NOW),
        "trail": f"1:{pipeline.initial}>2:{stage}" if stage != pipeline.initial else f"1:{stage}",
        "seq": 2,
        "head": GENESIS,
        "lock_version": 1,
    }


def _entries(dossier: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The opening and the latest move: their hashes are nobody's business here."""
    initial = dossier["trail"].split(">")[0].partition(":")[2]
    shared = {
        "tenant_id": dossier["organisme_id"],
        "subject_kind": "dossier",
        "subject_id": dossier["id"],
        "actor_id": dossier["referent_id"],
        "role": "charge_de_mission",
        "pipeline": dossier["pipeline"],
        "pipeline_version": dossier["pipeline_version"],
        "first_entry": True,
        "payload_digest": GENESIS,
        "hash": GENESIS,
    }
    opened = dossier["ouvert_le"]
    at = datetime(opened.year, opened.month, opened.day, 8, tzinfo=NOW.tzinfo)
    first = {"seq": 1, "at": at, "kind": "ouverture", "event": "ouverture"}
    yield {**shared, **first, "from_stage": None, "to_stage": initial}
    if dossier["stage"] != initial:
        move = {"seq": 2, "at": dossier["stage_since"], "kind": "mouvement", "event": "avance"}
        yield {**shared, **move, "from_stage": initial, "to_stage": dossier["stage"]}


def _echeance(dossier: dict[str, Any]) -> dict[str, Any]:
    return {
        "tenant_id": dossier["organisme_id"],
        "subject_kind": "dossier",
        "subject_id": dossier["id"],
        "kind": "relance",
        "rule": "relance_pieces",
        "occurrence": 1,
        "due_at": NOW + timedelta(days=dossier["id"] % 60 - 5),
        "anchored_on": NOW.date(),
        "state": "prevue",
        "moved_by_hand": False,
        "planned_seq": 1,
    }


def _note(id: int, dossier: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return {
        "id": id,
        "organisme_id": dossier["organisme_id"],
        "dossier_id": dossier["id"],
        "auteur": "Camille",
        "le": NOW,
        "texte": f"Rappeler {_family(chance.randrange(5_000))} pour le {_words(chance)}.",
    }


def _write(connection: Connection, model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Every row of a table, at once."""
    waiting = iter(rows)
    first = next(waiting, None)
    if first is None:
        return
    table, names = table_of(model), list(first)
    processors = [
        table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        for name in names
    ]

    def values(row: dict[str, Any]) -> list[Any]:
        pairs = zip(names, processors, strict=True)
        return [process(row[name]) if process else row[name] for name, process in pairs]

    every = map(values, chain([first], waiting))
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    columns = ", ".join(names)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        cursor.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", every)
    else:
        with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for row in every:
                copy.write_row(row)
    cursor.close()
