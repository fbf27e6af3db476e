"""What cooperation adds up to over a period: who left, for how many days, with whom."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from grants.cooperation.vocabulary import PARTENAIRES, PARTICIPANTS, VISITES
from grants.dossiers.tables import Dossier
from workflow.database import table_of
from workflow.dates import parse_date
from workflow.engine import Engine
from workflow.money import parse_hundredths
from workflow.texts import fold

_D = table_of(Dossier)


@dataclass(frozen=True, slots=True)
class Depart:
    """One person's stay abroad. `jours` in hundredths of a day."""

    dossier_id: int
    reference: str
    nom: str
    structure: str
    jours: int
    lieu: str


@dataclass(frozen=True, slots=True)
class Visite:
    """One preparatory visit. `jours` in hundredths of a day."""

    dossier_id: int
    reference: str
    le: date
    lieu: str
    jours: int
    personnes: str


@dataclass(frozen=True, slots=True)
class Mobilites:
    """What a period counts. The days of a mobility are those of whoever stayed longest."""

    departs: tuple[Depart, ...]
    visites: tuple[Visite, ...]
    partenaires: int

    @property
    def participants(self) -> int:
        """How many people left; who left on two mobilities counts for two."""
        return len(self.departs)

    @property
    def projets(self) -> int:
        """How many mobilities there were."""
        return len({each.dossier_id for each in self.departs})

    @property
    def jours(self) -> int:
        """The days that the mobilities lasted, in hundredths."""
        longest: dict[int, int] = {}
        for each in self.departs:
            longest[each.dossier_id] = max(longest.get(each.dossier_id, 0), each.jours)
        return sum(longest.values())

    @property
    def journees(self) -> int:
        """The days of everybody together, in hundredths."""
        return sum(each.jours for each in self.departs)

    @property
    def structures(self) -> int:
        """How many structures sent somebody."""
        return len({fold(each.structure) for each in self.departs if each.structure})

    @property
    def jours_de_visite(self) -> int:
        """The days that the preparatory visits lasted, in hundredths."""
        return sum(each.jours for each in self.visites)


def mobilites_of(
    connection: Connection, engine: Engine, organisme_id: int, since: date, until: date
) -> Mobilites:
    """Mobilities by their day of departure, visits by their own; both days included."""
    departs: list[Depart] = []
    visites: list[Visite] = []
    partenaires: set[tuple[str, ...]] = set()
    for row, answers in _projects(connection, engine, organisme_id):
        leaves = row["date_debut"]
        gone = leaves is not None and since <= leaves <= until
        here = [each for each in _visites(row, answers) if since <= each.le <= until]
        mine = _departs(row, answers) if gone else []
        departs, visites = departs + mine, visites + here
        if mine or here:
            known = PARTENAIRES.rows(answers.get(PARTENAIRES.key))
            partenaires |= {tuple(fold(cell) for cell in each[:2]) for each in known}
    return Mobilites(tuple(departs), tuple(visites), len(partenaires))


def _projects(
    connection: Connection, engine: Engine, organisme_id: int
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The dossiers of the pipelines that ask for participants, with their answers."""
    asking = [
        each.key
        for each in engine.catalogue.current()
        if any(field.type == PARTICIPANTS.key for field in each.every_field())
    ]
    query = (
        select(_D.c.id, _D.c.reference, _D.c.date_debut, _D.c.lieu, _D.c.donnees)
        .where(_D.c.organisme_id == organisme_id, _D.c.pipeline.in_(asking))
        .order_by(_D.c.id)
    )
    for row in connection.execute(query).mappings():
        yield row, json.loads(row["donnees"])


def _departs(row: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Depart]:
    where = row["lieu"] or ""
    return [
        Depart(row["id"], row["reference"], nom, structure, parse_hundredths(jours), where)
        for nom, structure, jours in PARTICIPANTS.rows(answers.get(PARTICIPANTS.key))
    ]


def _visites(row: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Visite]:
    found = []
    for le, lieu, jours, *personnes in VISITES.rows(answers.get(VISITES.key)):
        days = (parse_date(le), lieu, parse_hundredths(jours))
        found.append(Visite(row["id"], row["reference"], *days, "".join(personnes)))
    return found
