"""« Vie associative »: what partners give, whom the organisme reached, its means."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import or_, select

from grants.adherents.fiche import NATURES_IAE
from grants.adherents.queries import AdherentFilters, adherents_of
from grants.dossiers.tables import Dossier
from grants.interventions.fields import dispositifs_of
from grants.interventions.queries import Kept, clauses
from grants.interventions.tables import Intervention
from grants.rapport.activite.chapitres.iae import share_of_the_department
from grants.rapport.activite.counting import different, number, spread
from grants.rapport.activite.model import Chapter, Column, Figure, Row, Source, Value
from grants.rapport.activite.seances import PRESENCES
from grants.rapport.activite.sight import Sight
from grants.rapport.activite.temps import interventions, spent
from grants.rapport.activite.units import Unit
from grants.rapport.queries import dossiers_moved, first_entries
from grants.structures.nomenclature import nomenclature_label
from grants.structures.tables import Structure
from workflow.database import table_of

_S, _D, _I = table_of(Structure), table_of(Dossier), table_of(Intervention)
_LIFE, _PARTNERS, _REACHED, _MEANS = "Association", "Partenaires", "Territoire", "Moyens"
VIE_ASSOCIATIVE = Chapter("vie_associative", "Vie associative")


def _reached(sight: Sight) -> Iterator[Row]:
    """Structures with a dossier that moved, or time spent on them, in the period."""
    since, until = sight.days
    met = select(_I.c.structure_id).where(
        *clauses(sight.organisme_id, Kept(du=since, au=until)), _I.c.structure_id.is_not(None)
    )
    moved = [select(_D.c.structure_id).where(_D.c.id.in_(ids)) for ids in _moved(sight)]
    query = (
        select(_S.c.id, _S.c.nom, _S.c.commune, _S.c.secteur)
        .where(_S.c.organisme_id == sight.organisme_id)
        .where(or_(*(_S.c.id.in_(each) for each in (met, *moved))))
        .order_by(_S.c.nom_cle, _S.c.id)
    )
    for row in sight.connection.execute(query):
        values = {
            "structure": row.nom,
            "commune": row.commune,
            "secteur": nomenclature_label(row.secteur) or None,
        }
        yield Row(values, ("structure", row.id))


def _moved(sight: Sight) -> Iterator:
    for pipeline in sight.engine.catalogue.current():
        about = (sight.organisme_id, pipeline.key, sight.period)
        yield dossiers_moved(*about)
        yield select(first_entries(*about).subquery().c.subject_id)


def _members(sight: Sight) -> Iterator[Row]:
    """The association's members, on one day of the period at least."""
    since, until = sight.days
    about = (sight.connection, sight.organisme_id)
    for line in adherents_of(*about, AdherentFilters(du=since, au=until), 0):
        values = {
            "adherent": line.nom,
            "nature": NATURES_IAE.get(line.nature_iae or "") or None,
            "debut": line.debut,
        }
        yield Row(values, ("structure", line.structure_id) if line.structure_id else None)


def _of_the_insertion(sight: Sight) -> Iterator[Row]:
    return (row for row in _members(sight) if row.values["nature"] is not None)


_MEMBER = (
    Column("adherent", "Adhérent"),
    Column("nature", "Structure de l’insertion"),
    Column("debut", "Depuis", "date"),
)
ADHERENTS = Source("adherents", "Adhérents", _MEMBER, _members)
ADHERENTS_IAE = Source("adherents_iae", "Adhérents de l’insertion", _MEMBER, _of_the_insertion)
TOUCHEES = Source(
    "structures_touchees",
    "Structures touchées",
    (Column("structure", "Structure"), Column("commune", "Commune"), Column("secteur", "Secteur")),
    _reached,
)
INTERVENTIONS = interventions("interventions", "Interventions")


def _partner_hours(sight: Sight) -> int:
    return sum(row.values["minutes"] for row in sight.rows(PRESENCES))


def _programmes(sight: Sight) -> Value:
    """The dispositifs that saw a dossier move or time spent in the period."""
    labels = dispositifs_of(sight.engine)
    since, until = sight.days
    query = select(_I.c.dispositif).where(*clauses(sight.organisme_id, Kept(du=since, au=until)))
    active = set(sight.connection.execute(query.distinct()).scalars())
    active |= {
        pipeline.dispositif
        for pipeline in sight.engine.catalogue.current()
        if any(sight.entered(pipeline.key).values())
    }
    named = [label for key, label in labels.items() if key in active]
    return Value(len(active), note=", ".join(named))


VIE_ASSOCIATIVE.add(
    Figure("adherents", "Adhérents", Unit.COUNT, number(ADHERENTS), ADHERENTS, _LIFE),
    Figure(
        "adherents_iae",
        "Structures de l’insertion adhérentes",
        *(Unit.COUNT, number(ADHERENTS_IAE), ADHERENTS_IAE, _LIFE),
    ),
    Figure(
        "part_des_structures_du_departement",
        "Structures adhérentes, pour cent du département",
        *(Unit.PERCENT, share_of_the_department(ADHERENTS_IAE), ADHERENTS_IAE, _LIFE),
    ),
    Figure(
        "heures_intervention",
        "Heures données par les partenaires",
        *(Unit.HOURS, _partner_hours, PRESENCES, _PARTNERS),
    ),
    Figure(
        "structures_contributrices",
        "Structures contributrices",
        *(Unit.COUNT, different("structure", PRESENCES), PRESENCES, _PARTNERS),
    ),
    Figure(
        "structures_touchees",
        "Structures touchées",
        *(Unit.COUNT, number(TOUCHEES), TOUCHEES, _REACHED),
    ),
    Figure(
        "secteurs", "Leurs secteurs", Unit.COUNT, spread("secteur", TOUCHEES), TOUCHEES, _REACHED
    ),
    Figure("actions", "Actions menées", Unit.COUNT, _programmes, None, _MEANS),
    Figure(
        "km_parcourus",
        "Kilomètres parcourus",
        *(Unit.KM, spent(lambda each: each.km), INTERVENTIONS, _MEANS),
    ),
    Figure(
        "heures",
        "Heures d’intervention de l’équipe",
        *(Unit.HOURS, spent(lambda each: each.minutes), INTERVENTIONS, _MEANS),
    ),
    Figure("heures_formation", "Heures de formation de l’équipe", Unit.HOURS, None, None, _MEANS),
    Figure("conventions", "Conventions", Unit.COUNT, None, None, _MEANS),
    Figure("compte_de_resultat_euros", "Compte de résultat", Unit.EUROS, None, None, _MEANS),
)
