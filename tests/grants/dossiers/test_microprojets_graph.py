"""The microprojets, against the domain's table: each way, each role, each rule, each letter."""

from __future__ import annotations

import pytest

from api.schema import JOURNAL_OWNERS
from tests.builders.dossiers import Counter
from workflow.database import Database
from workflow.engine import Engine
from workflow.graph import edges
from workflow.journal_check import verify
from workflow.pipeline import Pipeline

# action: from, to, roles, guards, letters, whether a reason is owed.
TABLE: dict[str, tuple[str, str, str, str, str, bool]] = {
    "accueillir": (
        "contact",
        "accueil",
        "charge_de_mission assistant",
        "porteur_joignable",
        "confirmation_rendez_vous",
        False,
    ),
    "accompagner": (
        "accueil",
        "accompagnement",
        "charge_de_mission",
        "fiche_complete(accueil) reponse_favorable(statut_ess)"
        " reponse_favorable(territoire_eligible) reponse_favorable(lien_emploi)"
        " taille_eligible reponse_favorable(sans_autre_aide_ue)",
        "entree_accompagnement",
        False,
    ),
    "inscrire_cts": (
        "accompagnement",
        "cts",
        "charge_de_mission",
        "structure_connue pieces_validees fiche_complete(projet) dates_en_ordre"
        " aide_sous_plafond financement_equilibre seance_ouverte",
        "invitation_cts",
        False,
    ),
    "selectionner": (
        "cts",
        "selectionne",
        "charge_de_mission direction",
        "seance_tenue decision_favorable montant_accordable",
        "notification_accord",
        False,
    ),
    "changer_de_seance": (
        "cts",
        "cts",
        "charge_de_mission",
        "seance_ouverte autre_seance",
        "invitation_cts",
        True,
    ),
    "retirer_du_cts": (
        "cts",
        "accompagnement",
        "charge_de_mission",
        "aucune_decision",
        "confirmation_retrait",
        True,
    ),
    "ajourner": (
        "cts",
        "accompagnement",
        "charge_de_mission direction",
        "seance_tenue decision_d_ajourner",
        "ajournement",
        True,
    ),
    "refuser": (
        "cts",
        "refuse",
        "charge_de_mission direction",
        "seance_tenue decision_de_refus",
        "notification_refus",
        True,
    ),
    "conventionner": (
        "selectionne",
        "suivi",
        "charge_de_mission assistant",
        "structure_connue reserves_levees pieces_validees"
        " pas_dans_le_futur(convention_signee_le) dates_en_ordre compte_de_la_structure",
        "envoi_convention",
        False,
    ),
    "receptionner_bilan": (
        "suivi",
        "bilan",
        "charge_de_mission assistant",
        "pas_dans_le_futur(bilan_recu_le)",
        "accuse_bilan",
        False,
    ),
    "renvoyer_bilan": (
        "bilan",
        "suivi",
        "charge_de_mission",
        "",
        "demande_complements_bilan",
        False,
    ),
    "solder": ("bilan", "clos", "charge_de_mission direction", "", "notification_solde", False),
    "classer_sans_suite": (
        "contact accueil accompagnement cts selectionne",
        "sans_suite",
        "charge_de_mission",
        "",
        "classement_sans_suite",
        True,
    ),
    "reorienter": (
        "contact accueil accompagnement",
        "reoriente",
        "charge_de_mission",
        "destination_precisee",
        "orientation",
        False,
    ),
    "reactiver": ("sans_suite", "@precedente", "charge_de_mission", "", "", True),
    "resilier": ("selectionne suivi bilan", "resilie", "direction", "", "resiliation", True),
    "corriger_etape": ("*", "@precedente", "direction", "", "", True),
}
BACK = ("contact", "accueil", "accompagnement", "cts", "selectionne")


@pytest.fixture(scope="module")
def microprojets(engine: Engine) -> Pipeline:
    loaded = engine.catalogue.latest("microprojets")
    assert loaded is not None
    return loaded.pipeline


def test_the_table_names_every_action_and_no_other(microprojets: Pipeline) -> None:
    assert [action.key for action in microprojets.actions] == list(TABLE)


@pytest.mark.parametrize("key", TABLE)
def test_an_action_is_the_one_of_the_table(microprojets: Pipeline, key: str) -> None:
    action = microprojets.action(key)
    assert action is not None
    origins, to, roles, guards, letters, reason = TABLE[key]
    assert " ".join(action.from_) == origins
    assert action.to == to
    assert " ".join(action.roles) == roles
    assert " ".join(map(str, action.guards)) == guards
    assert " ".join(action.letters) == letters
    assert action.reason == reason
    assert action.corrects == (key == "corriger_etape")


def test_the_graph_has_the_ways_of_the_table_and_no_other(microprojets: Pipeline) -> None:
    forward = {
        (origin, key, to)
        for key, (origins, to, *_rest) in TABLE.items()
        for origin in origins.split()
        if not to.startswith("@")
    }
    forward |= {("sans_suite", "reactiver", stage) for stage in BACK}
    back = {(to, "corriger_etape", origin) for origin, _key, to in forward}
    found = {(edge.origin, edge.action.key, edge.target) for edge in edges(microprojets)}
    assert found == forward | back


def test_a_dossier_goes_from_contact_to_clos_by_the_services_alone(
    counter: Counter, database: Database
) -> None:
    counter.take_to("clos")
    moves = [line for line in counter.lines() if line.kind != "fait"]
    assert [line.to_stage for line in moves] == [*BACK, "suivi", "bilan", "clos"]
    assert {line.actor_name for line in moves} == {"Chargé de mission de Aide 34"}
    assert [letter for letter, _state in counter.letters()] == [
        "confirmation_rendez_vous",
        "entree_accompagnement",
        "invitation_cts",
        "notification_accord",
        "envoi_convention",
        "accuse_bilan",
        "notification_solde",
    ]
    subject = counter.read()
    assert (subject.row["montant_demande"], subject.row["montant_accorde"]) == (
        2_000_000,
        1_800_000,
    )
    assert [(rule, occurrence) for rule, occurrence, _day in counter.still_open()] == [
        ("questionnaire", 1),
        ("questionnaire", 2),
        ("questionnaire_a_demander", 1),
    ]
    with database.reading() as session:
        assert verify(session.connection(), JOURNAL_OWNERS).sound


ROLES = ("direction", "charge_de_mission", "assistant", "lecteur")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "stage", ["contact", "accueil", "accompagnement", "cts", "selectionne", "suivi", "bilan"]
)
def test_each_role_is_offered_what_the_table_gives_it(
    sqlite_counter: Counter, stage: str, role: str
) -> None:
    sqlite_counter.take_to(stage)
    may = {role, "charge_de_mission"} if role == "direction" else {role}
    for key, offer in sqlite_counter.offers(role).items():
        assert offer.role_missing == may.isdisjoint(TABLE[key][2].split()), key
