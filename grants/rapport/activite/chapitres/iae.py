"""« L'insertion par l'activité économique »: structures followed, porteurs welcomed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, extract, func, or_, select

from grants.dossiers.tables import Dossier
from grants.interventions.tables import Intervention
from grants.interventions.vocabulary import HALF_DAY, is_above
from grants.rapport.activite.counting import mean, number, share
from grants.rapport.activite.dossiers import entering, entries
from grants.rapport.activite.model import Chapter, Column, Compute, Figure, Row, Source, Value
from grants.rapport.activite.sight import Sight
from grants.rapport.activite.temps import interventions, spent
from grants.rapport.activite.units import Unit
from grants.structures.nomenclature import nomenclature_label
from grants.structures.tables import Structure
from workflow.database import table_of

_I, _D, _S = table_of(Intervention), table_of(Dossier), table_of(Structure)
_STRUCTURES, _PORTEURS, _DISPOSITIF = "iae_structures", "iae_porteurs", "iae"
_SUPPORT, _PROJECTS, _TIME = "Conseil et appui individuel", "Porteurs de projet", "Temps passé"
IAE = Chapter(_DISPOSITIF, "L’insertion par l’activité économique")


@dataclass(slots=True)
class _Spent:
    """The time of one structure: by calendar year, and within the period."""

    nom: str
    secteur: str | None
    years: dict[int, int] = field(default_factory=dict)
    within: int = 0


def _times(sight: Sight) -> dict[int, _Spent]:
    """The structures on which time was spent in the period, porteurs' dossiers left out."""

    def read() -> dict[int, _Spent]:
        since, until = sight.days
        first = date(since.year, 1, 1) if since else None
        found: dict[int, _Spent] = {}
        for row in _read_times(sight.connection, sight.organisme_id, first, until):
            each = found.setdefault(row.structure_id, _Spent(row.nom, row.secteur))
            each.years[int(row.annee)] = int(row.minutes)
        for row in _read_times(sight.connection, sight.organisme_id, since, until):
            found[row.structure_id].within += int(row.minutes)
        return {id: each for id, each in found.items() if each.within}

    return sight.once("temps_iae", read)


def _read_times(
    connection: Connection, organisme_id: int, since: date | None, until: date | None
) -> Iterator:
    year = extract("year", _I.c.le)
    query = (
        select(
            *(_I.c.structure_id, _S.c.nom, _S.c.secteur, year.label("annee")),
            func.sum(_I.c.minutes).label("minutes"),
        )
        .select_from(
            _I.join(_S, _S.c.id == _I.c.structure_id).outerjoin(_D, _D.c.id == _I.c.dossier_id)
        )
        .where(_I.c.organisme_id == organisme_id, _I.c.retiree_le.is_(None))
        .where(_I.c.dispositif == _DISPOSITIF)
        .where(or_(_I.c.dossier_id.is_(None), _D.c.pipeline == _STRUCTURES))
        .group_by(_I.c.structure_id, _S.c.nom, _S.c.secteur, year)
        .order_by(_S.c.nom, _I.c.structure_id)
    )
    if since is not None:
        query = query.where(_I.c.le >= since)
    if until is not None:
        query = query.where(_I.c.le <= until)
    return iter(connection.execute(query))


def _followed(sight: Sight) -> Iterator[Row]:
    for id, each in _times(sight).items():
        yield _row(id, each)


def _accompanied(sight: Sight) -> Iterator[Row]:
    """More than half a day in one calendar year, up to the end of the period."""
    half = sight.parameters(_STRUCTURES).get(HALF_DAY)
    for id, each in _times(sight).items():
        if half is not None and is_above(max(each.years.values()), half):
            yield _row(id, each)


def _row(id: int, spent: _Spent) -> Row:
    values = {
        "structure": spent.nom,
        "secteur": nomenclature_label(spent.secteur) or None,
        "heures": round(spent.within * 100 / 60),
    }
    return Row(values, ("structure", id))


_COLUMNS = (
    Column("structure", "Structure"),
    Column("secteur", "Secteur"),
    Column("heures", "Temps passé (heures)", "heures"),
)
SUIVIES = Source("structures_suivies", "Structures suivies", _COLUMNS, _followed)
ACCOMPAGNEES = Source("structures_accompagnees", "Structures accompagnées", _COLUMNS, _accompanied)
ACCUEILLIS = entering(_PORTEURS, ("accueil",), "Porteurs accueillis")
SANS_SUITE = entering(_PORTEURS, ("sans_suite",), "Porteurs sans suite")
APPUIS = entering(
    _STRUCTURES,
    ("clos",),
    "Appuis terminés",
    (Column("satisfaction", "Satisfaction", "heures"),),
    lambda _row, answers: {"satisfaction": answers.get("satisfaction")},
)
INTERVENTIONS = interventions("interventions_iae", "Interventions de l’IAE", _DISPOSITIF)


def _half_day(sight: Sight) -> int | None:
    """Hundredths of a day: half of seven hours is half a day."""
    half = sight.parameters(_STRUCTURES).get(HALF_DAY)
    return None if half is None else half // _HOURS_OF_A_DAY


def _department(sight: Sight) -> int | None:
    """How many structures of the insertion the département has, where that was set."""
    return sight.parameters(_STRUCTURES).get("structures_du_departement") or None


def share_of_the_department(source: Source) -> Compute:
    """The rows of a source among the structures of the département."""

    def compute(sight: Sight) -> Value:
        some, every = len(sight.rows(source)), _department(sight)
        return share(some, every or 0, f"{some} sur {every}" if every else "")

    return compute


_HOURS_OF_A_DAY, _SCALE = 7, 5
IAE.add(
    Figure("suivies", "Structures suivies", Unit.COUNT, number(SUIVIES), SUIVIES, _SUPPORT),
    Figure(
        "accompagnees",
        "Structures accompagnées",
        *(Unit.COUNT, number(ACCOMPAGNEES), ACCOMPAGNEES, _SUPPORT),
    ),
    Figure(
        "structures_du_departement",
        "Structures d’insertion du département",
        *(Unit.COUNT, _department, None, _SUPPORT, True),
    ),
    Figure(
        "part_suivie",
        "Structures suivies, pour cent du département",
        *(Unit.PERCENT, share_of_the_department(SUIVIES), SUIVIES, _SUPPORT),
    ),
    Figure(
        "part_accompagnee",
        "Structures accompagnées, pour cent du département",
        *(Unit.PERCENT, share_of_the_department(ACCOMPAGNEES), ACCOMPAGNEES, _SUPPORT),
    ),
    Figure(
        "seuil_accompagnement_jours",
        "Accompagnement au-delà de",
        *(Unit.DAYS, _half_day, None, _SUPPORT, True),
    ),
    Figure(
        "satisfaction",
        "Satisfaction",
        *(Unit.MEAN, mean("satisfaction", APPUIS, out_of=_SCALE), APPUIS, _SUPPORT),
    ),
    Figure(
        "porteurs_accueillis",
        "Porteurs accueillis",
        *(Unit.COUNT, entries(_PORTEURS, "accueil"), ACCUEILLIS, _PROJECTS),
    ),
    Figure(
        "porteurs_sans_suite",
        "Sans suite donnée au projet",
        *(Unit.COUNT, entries(_PORTEURS, "sans_suite"), SANS_SUITE, _PROJECTS),
    ),
    Figure(
        "heures",
        "Heures d’intervention",
        *(Unit.HOURS, spent(lambda each: each.minutes, _DISPOSITIF), INTERVENTIONS, _TIME),
    ),
    Figure(
        "km",
        "Kilomètres parcourus",
        *(Unit.KM, spent(lambda each: each.km, _DISPOSITIF), INTERVENTIONS, _TIME),
    ),
)
