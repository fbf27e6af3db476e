"""Every number that the report of 2009 prints, against what is computed from what was recorded."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import text

from api.composition import default_engine
from grants.demonstration.donnees import RAPPORT_2009
from grants.rapport.activite.model import Report, Told
from grants.rapport.activite.periodes import named_period
from grants.rapport.activite.plain import plain_report
from grants.rapport.activite.reading import read_report
from tests.builders.databases import SchemaBuilder
from tests.builders.demonstrations import build_demonstrations
from workflow.database import Database

DATA = tomllib.loads(RAPPORT_2009.read_text(encoding="utf-8"))
_CENTS = 100


def _same(value: int) -> int:
    return value


def _hundredths(value: float) -> int:
    return round(value * _CENTS)


def _percent(value: float) -> int:
    return round(value * _CENTS * _CENTS)


#: A key of the file → the figure that computes it, and what the file's number is in its unit.
Counterpart = tuple[str, Callable[[Any], int]]
COMPUTED: Mapping[str, Counterpart] = {
    "vie_associative.adherents": ("adherents", _same),
    "vie_associative.adherents_iae": ("adherents_iae", _same),
    "microprojets.plafond_euros": ("plafond_euros", _hundredths),
    "microprojets.objectif_2009_2011": ("objectif_triennal", _same),
    "microprojets.objectif_2010": ("objectif_annuel", _same),
    "microprojets.contacts": ("contacts", _same),
    "microprojets.accueils": ("accueils", _same),
    "microprojets.accompagnes_jusqu_au_cts": ("accompagnes_jusqu_au_cts", _same),
    "microprojets.seances_cts": ("seances_cts", _same),
    "microprojets.selectionnes": ("selectionnes", _same),
    "iae.seuil_accompagnement_jours": ("seuil_accompagnement_jours", _hundredths),
    "iae.structures_du_departement": ("structures_du_departement", _same),
    "iae.suivies": ("suivies", _same),
    "iae.accompagnees": ("accompagnees", _same),
    "iae.porteurs_accueillis": ("porteurs_accueillis", _same),
    "iae.porteurs_sans_suite": ("porteurs_sans_suite", _same),
    "iae.satisfaction.note": ("satisfaction", _hundredths),
    "cooperation.participants": ("participants", _same),
    "cooperation.jours": ("jours", _hundredths),
    "cooperation.visites_preparatoires": ("visites_preparatoires", _same),
    "cooperation.visite_preparatoire_jours": ("visite_preparatoire_jours", _hundredths),
}
#: Typed in by a person: nothing that is recorded tells them.
TYPED = {
    "vie_associative.compte_de_resultat_euros",
    "vie_associative.conventions",
    "vie_associative.heures_formation",
}
#: The report contradicts itself: what is computed is shown, and never forced.
CONTRADICTORY: Mapping[str, str] = {
    "vie_associative.part_des_structures_du_departement": "30 / 42 = 71 %, imprimé 74 %",
}
#: What the demonstration does not record yet: this list only shrinks.
TO_COME = {
    "dla.porteur_depuis",
    "dla.satisfaction.note",
    "dla.satisfaction.sur",
    "dla.comites_appui",
    "dla.participants_moyens_par_comite",
    "dla.prestataires_consultes_minimum",
    "dla.duree_premier_contact_a_finalisation_ans",
    "dla.diagnostics",
    "dla.prestataires_mobilises",
    "dla.prestataires_sur_les_deux_deduit",
    "dla.part_maximale_par_prestataire",
    "dla.emplois_concernes_plus_de",
    "dla.part_cdi",
    "dla.part_contrats_aides",
    *(
        f"dla.{kind}.{name}"
        for kind in ("individuel", "collectif")
        for name in (
            *("ingenieries", "structures", "cout_moyen_euros", "jours_moyens", "prestataires"),
        )
    ),
    "dla.collectif.sessions_2008",
    "dla.collectif.themes.0.sessions",
    "dla.collectif.themes.3.sessions",
    "dla.collectif.themes.3.financements_obtenus",
    "dla.collectif.themes.3.montant_obtenu_pres_de",
    "dla.collectif.themes.4.dossiers_deposes",
    "iae.satisfaction.sur",
    "iae.diffusions_emploi",
    "iae.destinataires_environ",
    "iae.diffusions_juridiques_moyenne",
    "iae.diffusions_formations_moyenne",
    "vie_associative.reunions.conseil_administration",
    "vie_associative.reunions.commission_employeur",
    "vie_associative.reunions.commission_iae",
    "vie_associative.reunions.cooperations",
    "vie_associative.structures_contributrices_plus_de",
    "vie_associative.heures_intervention_pres_de",
    "vie_associative.structures_touchees_plus_de",
    "vie_associative.km_parcourus_plus_de",
    "vie_associative.actions",
}


@pytest.fixture
def schema_builder() -> SchemaBuilder:
    return build_demonstrations


@pytest.fixture
def report(database_url: str) -> Generator[Report]:
    """The report of 2009 of the organisme that the file is about."""
    database = Database(database_url)
    with database.reading() as session:
        connection = session.connection()
        asked = text("SELECT id FROM organisme WHERE nom = 'CLAIE'")
        organisme = connection.execute(asked).scalar_one()
        yield read_report(connection, default_engine(), organisme, named_period("2009"))
    database.dispose()


def numbers(data: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every numeric key of the file, its path in dots."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from numbers(value, (*path, str(key)))
    elif isinstance(data, list):
        for rank, value in enumerate(data):
            yield from numbers(value, (*path, str(rank)))
    elif isinstance(data, int | float):
        yield ".".join(path), data


def test_every_number_is_computed_typed_in_contradictory_or_to_come() -> None:
    told = (COMPUTED, TYPED, CONTRADICTORY, TO_COME)
    listed = [key for each in told for key in each]
    assert len(listed) == len(set(listed))
    assert set(listed) == dict(numbers(DATA)).keys()


def test_2009_is_computed_to_the_unit_and_nothing_else_is_claimed(report: Report) -> None:
    printed = dict(numbers(DATA))

    def told(key: str) -> Told:
        chapter, _, _name = key.partition(".")
        found = report.told(chapter, COMPUTED[key][0])
        assert found is not None, key
        return found

    expected = {key: read(printed[key]) for key, (_, read) in COMPUTED.items()}
    assert {key: told(key).value.amount for key in COMPUTED} == expected
    figures = {
        f"{chapter.key}.{each.figure.key}": each
        for chapter, figures in report.chapters
        for each in figures
    }
    assert {key for key, each in figures.items() if each.figure.typed} == TYPED
    assert all(figures[key].value.amount is None for key in TYPED)


def test_the_projects_selected_in_2009_are_those_that_the_report_names(report: Report) -> None:
    names = {each["association"] for each in DATA["microprojets"]["selection"]}
    selection, launch = (report.told("microprojets", key) for key in ("selection", "lancement"))
    assert selection is not None
    assert launch is not None
    assert {part.label for part in selection.value.parts} == names
    assert launch.value.amount == "juillet 2009"


def test_the_report_is_told_in_plain_french(report: Report) -> None:
    told = plain_report(report)
    assert told.startswith("CLAIE, rapport d’activité : 2009\n")
    for line in (
        "  Contacts : 60\n",
        "  Accueils individuels : 24\n",
        "  Projets accompagnés jusqu’au comité : 13\n",
        "  Séances du comité : 3\n",
        "  Projets retenus : 6\n",
        "  Plafond de l’aide : 23\u202f000\u00a0€\n",
        "  Première séance : juillet 2009\n",
        "  Structures suivies, pour cent du département : 76\u00a0%",
        "  Structures accompagnées, pour cent du département : 55\u00a0%",
    ):
        assert line in told.replace(" (0)", "")
