"""The shipped pipelines, each taken through by the services that people use."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from api.composition import PIPELINES, build_engine
from grants.organisation.parameters import change_parameters
from tests.builders.bureau import DIAGNOSTIC, PLAN, Bureau
from tests.builders.consultations import Consulting
from tests.builders.offices import make_office
from workflow.database import Database
from workflow.engine import Engine
from workflow.errors import Invalid, Refused
from workflow.graph import reachable
from workflow.loader import FaultyPipelines
from workflow.pipeline import Pipeline

# As the domain describes them: the way through, then the other endings.
ETAPES = {
    "microprojets": "contact accueil accompagnement cts selectionne suivi bilan clos"
    " refuse sans_suite reoriente resilie",
    "dla_individuel": "demande diagnostic comite_appui consultation ingenierie restitution"
    " suivi_post clos sans_suite reoriente",
    "dla_collectif": "montage autodiagnostics comite_appui consultation temps_collectif"
    " temps_individualise restitution clos sans_suite reoriente",
    "iae_structures": "demande suivi accompagnement clos sans_suite reoriente",
    "iae_porteurs": "accueil etude transmis sans_suite",
    "cooperation": "idee visite_preparatoire depot accepte mobilite bilan clos refuse sans_suite",
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return build_engine()


def pipeline(engine: Engine, key: str) -> Pipeline:
    loaded = engine.catalogue.latest(key)
    assert loaded is not None
    return loaded.pipeline


@pytest.mark.parametrize("key", ETAPES)
def test_a_pipeline_has_the_stages_of_the_domain(engine: Engine, key: str) -> None:
    shipped = pipeline(engine, key)
    assert [stage.key for stage in shipped.stages] == ETAPES[key].split()
    assert reachable(shipped) == set(ETAPES[key].split())


def test_no_other_pipeline_is_shipped(engine: Engine) -> None:
    assert {each.key for each in engine.catalogue.current()} == ETAPES.keys()


@pytest.mark.parametrize("key", ETAPES)
def test_the_porteur_can_read_where_each_stage_is(engine: Engine, key: str) -> None:
    labels = [stage.public_label for stage in pipeline(engine, key).stages]
    assert all(labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("key", ETAPES)
def test_every_sheet_can_be_filled_in_somewhere(engine: Engine, key: str) -> None:
    shipped = pipeline(engine, key)
    editable = {sheet for stage in shipped.stages for sheet in stage.editable}
    assert editable == {sheet.key for sheet in shipped.sheets}


@pytest.mark.parametrize("key", ETAPES)
def test_a_closed_request_can_be_taken_up_again_and_a_mistake_corrected(
    engine: Engine, key: str
) -> None:
    shipped = pipeline(engine, key)
    actions = {action.key: action for action in shipped.actions}
    assert actions["reactiver"].to == actions["corriger_etape"].to == "@precedente"
    assert actions["corriger_etape"].roles == ("direction",)
    assert actions["classer_sans_suite"].reason
    assert shipped.initial in actions["classer_sans_suite"].from_


def test_each_pipeline_numbers_its_dossiers_apart(engine: Engine) -> None:
    prefixes = [each.prefix for each in engine.catalogue.current()]
    assert len(set(prefixes)) == len(prefixes)


def test_only_the_microprojets_have_a_ceiling(engine: Engine) -> None:
    with_cap = [
        each.key
        for each in engine.catalogue.current()
        if any(parameter.key == "plafond" for parameter in each.parameters)
    ]
    assert with_cap == ["microprojets"]


def test_opening_a_dossier_in_an_unknown_pipeline_is_a_fault_of_the_file(tmp_path: Path) -> None:
    for path in PIPELINES.glob("*.toml"):
        shutil.copy(path, tmp_path)
    file = tmp_path / "iae_structures.toml"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace("dossier_dans(dla_individuel)", "dossier_dans(dla_perdu)"), "utf-8"
    )
    with pytest.raises(FaultyPipelines) as raised:
        build_engine([tmp_path])
    assert {(fault.file, fault.problem) for fault in raised.value.faults} == {
        ("iae_structures.toml", "dispositif inconnu « dla_perdu »")
    }


# --- Taken through ----------------------------------------------------------------------------


@pytest.fixture
def bureau(database_url: str, engine: Engine) -> Generator[Bureau]:
    database = Database(database_url)
    with database.unit_of_work() as session:
        office = make_office(session)
    yield Bureau(database, engine, office.identity(), office.identity("charge_de_mission"))
    database.dispose()


RESTITUTION = {"satisfaction": "3,4", "objectifs_atteints": "atteints", "resultats": "Résultats"}


def consulting(bureau: Bureau) -> Consulting:
    """The consultation of the dossier at hand."""
    about = (bureau.database, bureau.engine, bureau.charge, bureau.dossier)
    return Consulting(*about, bureau.now)


def to_restitution(bureau: Bureau) -> None:
    bureau.to_consultation()
    assert consulting(bureau).entrust() == "ingenierie"
    bureau.wait(120)
    bureau.fill("mission", jours_realises="4,5", travaux="Travaux")
    assert bureau.do("restituer", **bureau.rendez_vous()) == "restitution"


def test_a_dla_individuel_goes_from_the_request_to_its_effects(bureau: Bureau) -> None:
    to_restitution(bureau)
    assert bureau.refusals("suivre") == {"fiche_incomplete"}
    bureau.fill("restitution", **RESTITUTION)
    assert bureau.do("suivre") == "suivi_post"
    assert bureau.refusals("clore") == {"fiche_incomplete"}
    bureau.wait(365)
    bureau.fill("impact_6_mois", effets_a_6_mois="Effets", etp_a_6_mois="6")
    bureau.fill("impact_12_mois", effets_a_12_mois="Effets", etp_a_12_mois="6,5")
    assert bureau.do("clore") == "clos"


def test_a_request_is_examined_with_every_reason_against_it_at_once(bureau: Bureau) -> None:
    bureau.open("dla_individuel")
    bureau.fill("demande", utilite_sociale="non")
    codes = bureau.refusals("diagnostiquer", **bureau.rendez_vous())
    assert codes == {"fiche_incomplete", "non_eligible"}


def test_the_comite_sees_a_whole_diagnostic_and_a_plan(bureau: Bureau) -> None:
    bureau.to_diagnostic()
    with pytest.raises(Refused) as raised:
        bureau.do("presenter_au_comite", seance=bureau.seance())
    missing = {refusal.field for refusal in raised.value.refusals}
    assert {"diagnostic.gouvernance", "diagnostic.faiblesses", "plan.objectifs"} <= missing


def test_nothing_is_consulted_before_the_comite_met_and_gave_its_avis(bureau: Bureau) -> None:
    bureau.to_diagnostic()
    bureau.fill("diagnostic", **DIAGNOSTIC)
    bureau.fill("plan", **PLAN)
    bureau.do("presenter_au_comite", seance=bureau.seance())
    tomorrow = f"{bureau.now + timedelta(days=1):%Y-%m-%d}"
    codes = bureau.refusals("consulter", plan_accepte_le=tomorrow)
    assert codes == {"seance_a_venir", "fiche_incomplete", "date_future"}


def test_no_prestataire_is_retained_but_the_one_whose_offer_was_chosen(bureau: Bureau) -> None:
    bureau.to_consultation()
    typed = {
        "prestataires_consultes": "3",
        "offres_recues": "2",
        "prestataire": "Cabinet d'essai",
        "motif_du_choix": "Le plus proche du besoin.",
        "cout_mission": "3 641",
        "jours_mission": "4,7",
        "date_debut": "2026-06-01",
        "date_fin": "2026-09-30",
    }
    assert bureau.refusals("retenir_prestataire", **typed) == {"aucune_offre_choisie"}


def test_new_needs_open_a_linked_diagnostic_and_the_dossier_stays(bureau: Bureau) -> None:
    to_restitution(bureau)
    assert bureau.do("rediagnostiquer", "La trésorerie se tend.") == "restitution"
    assert bureau.linked() == [("dla_individuel", "demande", "Essai")]
    bureau.fill("restitution", **RESTITUTION)
    bureau.do("suivre")
    assert bureau.do("rediagnostiquer", "Un directeur s'en va.") == "suivi_post"
    assert len(bureau.linked()) == 2


def test_satisfaction_is_between_one_and_four(bureau: Bureau) -> None:
    to_restitution(bureau)
    for note in ("0,9", "4,1"):
        with pytest.raises(Invalid):
            bureau.fill("restitution", satisfaction=note)


def test_a_mission_that_fails_goes_back_to_the_consultation(bureau: Bureau) -> None:
    bureau.to_consultation()
    consulting(bureau).entrust()
    assert bureau.do("reprendre_la_consultation", "Le cabinet a fermé.") == "consultation"
    assert bureau.correct() == "ingenierie"


def test_a_dla_collectif_goes_through_its_two_times(bureau: Bureau) -> None:
    bureau.open("dla_collectif", public_vise="Cafés associatifs")
    assert bureau.do("recueillir_autodiagnostics") == "autodiagnostics"
    bureau.fill(
        "autodiagnostics",
        structures_inscrites="Une\nDeux",
        nombre_de_structures="2",
        autodiagnostics_recus="2",
        emplois_permanents="5",
        emplois_aides="0",
        emplois_total="6",
        besoins_communs="Besoins",
    )
    bureau.fill("plan", **PLAN)
    assert bureau.do("presenter_au_comite", seance=bureau.seance()) == "comite_appui"
    bureau.wait(15)
    bureau.fill("avis", avis="favorable")
    assert bureau.do("consulter", plan_accepte_le=f"{bureau.now:%Y-%m-%d}") == "consultation"
    assert consulting(bureau).entrust() == "temps_collectif"
    assert bureau.refusals("individualiser") == {"fiche_incomplete"}
    bureau.fill("temps_collectif", jours_collectifs="3", structures_presentes="2", travaux="T")
    assert bureau.do("individualiser") == "temps_individualise"
    bureau.fill("temps_individualise", jours_individualises="5,5", structures_accompagnees="2")
    assert bureau.do("restituer", **bureau.rendez_vous()) == "restitution"
    bureau.fill("restitution", **RESTITUTION)
    assert bureau.do("clore") == "clos"


def to_suivi(bureau: Bureau) -> None:
    bureau.open("iae_structures")
    bureau.fill("demande", type_de_structure="aci", themes=["budget"])
    assert bureau.do("suivre") == "suivi"
    bureau.fill("appui", travaux="Relecture du budget.")


def test_an_iae_structure_is_accompanied_above_half_a_day(bureau: Bureau) -> None:
    to_suivi(bureau)
    assert bureau.spend("3h30") == "suivi"
    assert bureau.spend("1 min") == "accompagnement"
    bureau.fill("bilan_appui", conclusion="Conclusion", satisfaction="4,4")
    assert bureau.do("clore") == "clos"


def test_an_organisme_says_how_long_its_half_day_is(bureau: Bureau) -> None:
    to_suivi(bureau)
    iae = bureau.engine.catalogue.latest("iae_structures")
    assert iae is not None
    types = bureau.engine.vocabulary.field_types
    with bureau.database.unit_of_work() as session:
        rule = {"demi_journee": "4"}
        change_parameters(session, types, bureau.direction, iae.pipeline, rule, bureau.now)
    assert bureau.spend("4h") == "suivi"
    assert bureau.spend("0,25") == "accompagnement"


def test_an_iae_structure_may_be_followed_only(bureau: Bureau) -> None:
    to_suivi(bureau)
    bureau.fill("bilan_appui", conclusion="Conclusion")
    assert bureau.do("clore") == "clos"


def test_mobilising_the_dla_opens_a_linked_dossier_and_the_support_goes_on(
    bureau: Bureau,
) -> None:
    to_suivi(bureau)
    assert bureau.do("mobiliser_dla", "Gouvernance à revoir.") == "suivi"
    assert bureau.spend("8h") == "accompagnement"
    assert bureau.do("mobiliser_dla", "Modèle économique à revoir.") == "accompagnement"
    assert bureau.linked() == [("dla_individuel", "demande", "Essai")] * 2


def test_a_porteur_of_an_iae_project_is_received_then_handed_on(bureau: Bureau) -> None:
    bureau.open("iae_porteurs")
    assert bureau.do("fixer_rendez_vous", **bureau.rendez_vous()) == "accueil"
    bureau.fill("accueil", compte_rendu="Compte rendu")
    assert bureau.do("etudier") == "etude"
    bureau.fill(
        "etude",
        marche="Marché",
        partenaires="Partenaires",
        viabilite="Équilibre",
        conventionnement="oui",
        conclusion="Conclusion",
    )
    today = f"{bureau.now:%Y-%m-%d}"
    assert bureau.do("transmettre", destinataire="DDETS", transmis_le=today) == "transmis"


@pytest.mark.parametrize("key", ETAPES)
def test_a_request_is_closed_taken_up_again_and_corrected(bureau: Bureau, key: str) -> None:
    bureau.open(key)
    initial = ETAPES[key].split()[0]
    assert bureau.do("classer_sans_suite", "Sans nouvelle.") == "sans_suite"
    assert bureau.correct() == initial
    assert bureau.do("classer_sans_suite", "Sans nouvelle.") == "sans_suite"
    assert bureau.do("reactiver", "Ils rappellent.") == initial


@pytest.mark.parametrize(
    ("key", "destination"),
    [
        ("microprojets", "dla_individuel"),
        ("dla_individuel", "dla_collectif"),
        ("dla_collectif", "iae_structures"),
        ("iae_structures", "microprojets"),
    ],
)
def test_a_reoriented_request_goes_on_in_a_linked_dossier(
    bureau: Bureau, key: str, destination: str
) -> None:
    bureau.open(key)
    answers = {"destination": destination, "ouvrir_dossier": "oui"}
    assert bureau.do("reorienter", **answers) == "reoriente"
    initial = ETAPES[destination].split()[0]
    assert bureau.linked() == [(destination, initial, "Essai")]


def test_a_request_is_not_reoriented_to_a_body_without_a_name(bureau: Bureau) -> None:
    bureau.open("dla_individuel")
    assert bureau.refusals("reorienter", destination="autre") == {"destination_absente"}


def test_every_rule_says_its_condition_and_every_action_what_was_done(engine: Engine) -> None:
    silent = [name for name, guard in engine.vocabulary.guards.items() if not guard.says]
    undone = [
        f"{pipeline.key}.{action.key}"
        for pipeline in engine.catalogue.current()
        for action in pipeline.actions
        if action.done is None
    ]
    assert (silent, undone) == ([], [])
