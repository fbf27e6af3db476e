"""Each rule of a dossier, by the sentence that it refuses with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from grants.dossiers.vocabulary import DOSSIERS
from tests.builders.dossiers import STRUCTURE, Counter
from tests.builders.offices import NOW
from tests.builders.toys import BINDER
from workflow.engine import Engine
from workflow.guards import Attempt, Refusal, Situation
from workflow.pipeline import Action, Pipeline, Reference
from workflow.subject import Step, Subject

EURO = "\u00a0€"


@pytest.fixture
def microprojets(engine: Engine) -> Pipeline:
    loaded = engine.catalogue.latest("microprojets")
    assert loaded is not None
    return loaded.pipeline


class Trial:
    """A dossier that nobody stored, tried against one rule."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.row: dict[str, Any] = {
            "plafond": 2_300_000,
            "structure_id": 1,
            "structure_nom": STRUCTURE,
            "porteur_email": "ana@porteur.example",
            "porteur_telephone": None,
        }
        self.parameters: dict[str, Any] = {"effectif_maximal": 500, "base_du_plafond": "aide"}
        self.facts: dict[str, Any] = {}
        self.kept: dict[str, Any] = {}

    def of(
        self,
        name: str,
        values: dict[str, Any] | None = None,
        *,
        action: str | None = None,
        at: datetime = NOW,
    ) -> list[Refusal]:
        """What the rule has against it, looked at (no values) or tried."""
        subject = Subject(
            *("dossier", 1, 1, self.pipeline.key, 1, "contact", NOW, (Step(1, "contact"),)),
            *(1, "0" * 64, 1),
            values=self.kept,
            row=self.row,
        )
        now = Situation(subject, self.pipeline, BINDER, at, self.parameters, self.facts)
        reference = Reference.model_validate(name)
        attempt = Attempt(now, self._action(action), values)
        return list(DOSSIERS.guards[reference.name].refusals(attempt, reference))

    def sentences(self, name: str, values: dict[str, Any] | None = None, **given: Any) -> list[str]:
        return [refusal.message for refusal in self.of(name, values, **given)]

    def _action(self, key: str | None) -> Action | None:
        return None if key is None else self.pipeline.action(key)


@pytest.fixture
def trial(microprojets: Pipeline) -> Trial:
    return Trial(microprojets)


@pytest.mark.parametrize(
    ("email", "telephone", "reachable"),
    [
        ("a@b.example", None, True),
        (None, "+33199001234", True),
        (None, None, False),
        ("", "", False),
    ],
)
def test_somebody_can_be_reached(
    trial: Trial, email: str | None, telephone: str | None, reachable: bool
) -> None:
    trial.row |= {"porteur_email": email, "porteur_telephone": telephone}
    sentence = "Personne n'est joignable : indiquez un e-mail ou un téléphone du porteur."
    assert trial.sentences("porteur_joignable") == ([] if reachable else [sentence])


def test_every_missing_answer_of_a_sheet_is_told_with_its_place(trial: Trial) -> None:
    trial.kept = {"compte_rendu": "Vu.", "statut_ess": False, "effectif_etp": 0}
    assert [(each.code, each.field) for each in trial.of("fiche_complete(accueil)")] == [
        ("fiche_incomplete", "accueil.territoire_eligible"),
        ("fiche_incomplete", "accueil.lien_emploi"),
        ("fiche_incomplete", "accueil.sans_autre_aide_ue"),
    ]


def test_no_and_zero_are_answers_to_a_sheet(trial: Trial) -> None:
    yes_no = ("statut_ess", "territoire_eligible", "lien_emploi", "sans_autre_aide_ue")
    trial.kept = {"compte_rendu": "Vu.", "effectif_etp": 0, **dict.fromkeys(yes_no, False)}
    assert trial.of("fiche_complete(accueil)") == []
    assert trial.sentences("fiche_a_completer(accueil)") == ["Cette fiche est déjà remplie."]
    trial.kept.pop("effectif_etp")
    assert trial.of("fiche_a_completer(accueil)") == []


def test_a_title_that_was_never_given_is_missing(counter: Counter) -> None:
    counter.take_to("accompagnement")
    refusals = counter.offers()["inscrire_cts"].refusals
    assert "projet.titre" in [refusal.field for refusal in refusals]


def test_a_condition_is_met_by_yes_alone(trial: Trial) -> None:
    rule = "reponse_favorable(lien_emploi)"
    trial.kept = {"lien_emploi": True}
    assert trial.of(rule) == []
    trial.kept = {"lien_emploi": False}
    (refusal,) = trial.of(rule)
    assert refusal.message.startswith("Condition non remplie : « Lien avec l")
    assert refusal.field == "accueil.lien_emploi"


def test_a_condition_without_an_answer_does_not_pass(trial: Trial) -> None:
    """Unless the action asks for the whole sheet, which says so already."""
    rule = "reponse_favorable(lien_emploi)"
    assert [refusal.code for refusal in trial.of(rule)] == ["non_repondu"]
    assert [refusal.code for refusal in trial.of(rule, action="accueillir")] == ["non_repondu"]
    assert trial.of(rule, action="accompagner") == []


@pytest.mark.parametrize(
    ("size", "most", "sentences"),
    [
        (500, 500, []),
        (501, 500, ["La structure compte 5,01 ETP ; le maximum est 5."]),
        (1250, 500, ["La structure compte 12,5 ETP ; le maximum est 5."]),
        (1250, None, []),
        (0, 500, []),
    ],
)
def test_the_structure_is_small_enough(
    trial: Trial, size: int, most: int | None, sentences: list[str]
) -> None:
    trial.kept, trial.parameters = {"effectif_etp": size}, {"effectif_maximal": most}
    assert trial.sentences("taille_eligible") == sentences


def test_a_size_that_is_not_known_does_not_pass(trial: Trial) -> None:
    assert trial.sentences("taille_eligible")[0].startswith("Répondez à « Effectif")
    assert trial.of("taille_eligible", action="accompagner") == []


@pytest.mark.parametrize(
    ("base", "kept", "sentence"),
    [
        ("aide", {"montant_demande": 2_300_000, "cout_total": 9_000_000}, None),
        (
            "aide",
            {"montant_demande": 2_300_001},
            f"L'aide demandée (23\u202f000,01{EURO}) dépasse le plafond de 23\u202f000{EURO} :"
            f" réduisez de 0,01{EURO}.",
        ),
        ("cout_total", {"montant_demande": 9_000_000, "cout_total": 2_300_000}, None),
        (
            "cout_total",
            {"montant_demande": 1, "cout_total": 2_400_000},
            f"Le coût total (24\u202f000{EURO}) dépasse le plafond de 23\u202f000{EURO} :"
            f" réduisez de 1\u202f000{EURO}.",
        ),
    ],
)
def test_what_is_asked_is_under_the_cap(
    trial: Trial, base: str, kept: dict[str, Any], sentence: str | None
) -> None:
    trial.kept, trial.parameters = kept, {"base_du_plafond": base}
    assert trial.sentences("aide_sous_plafond") == ([sentence] if sentence else [])


def test_a_pipeline_without_a_cap_refuses_no_amount(trial: Trial) -> None:
    trial.row["plafond"] = None
    trial.kept = {"montant_demande": 900_000_000}
    assert trial.of("aide_sous_plafond") == []
    assert trial.of("montant_accordable", {"montant_accorde": 900_000_000}) == []


def test_an_amount_that_is_not_known_is_not_under_the_cap(trial: Trial) -> None:
    assert [refusal.code for refusal in trial.of("aide_sous_plafond")] == ["non_repondu"]
    assert trial.of("aide_sous_plafond", action="inscrire_cts") == []


@pytest.mark.parametrize(
    ("granted", "codes"),
    [
        (None, []),
        (1, []),
        (2_000_000, []),
        (0, ["montant_nul"]),
        (-1, ["montant_nul"]),
        (2_000_001, ["demande_depassee"]),
        (2_300_001, ["plafond_depasse", "demande_depassee"]),
    ],
)
def test_what_is_granted_is_between_nothing_and_the_least_of_cap_and_request(
    trial: Trial, granted: int | None, codes: list[str]
) -> None:
    trial.kept = {"montant_demande": 2_000_000}
    found = trial.of("montant_accordable", {"montant_accorde": granted})
    assert [refusal.code for refusal in found] == codes
    assert {refusal.field for refusal in found} <= {"montant_accorde"}


def test_nothing_is_granted_that_was_not_asked(trial: Trial) -> None:
    assert trial.sentences("montant_accordable", {"montant_accorde": 1}) == [
        "Le montant demandé n'est pas renseigné dans « Fiche projet »."
    ]


def test_a_project_ends_after_it_begins(trial: Trial) -> None:
    trial.kept = {"date_debut": date(2026, 5, 4), "date_fin": date(2026, 5, 1)}
    sentence = "Le projet finirait (1er mai 2026) avant de commencer (4 mai 2026)."
    assert trial.sentences("dates_en_ordre") == [sentence]
    assert trial.of("dates_en_ordre", {"date_fin": date(2026, 5, 4)}) == []
    assert trial.sentences("dates_en_ordre", {"date_debut": date(2026, 5, 1)}) == []
    trial.kept = {}
    assert trial.of("dates_en_ordre") == []


def test_what_is_recorded_as_done_is_not_in_the_future(trial: Trial) -> None:
    rule = "pas_dans_le_futur(bilan_recu_le)"
    almost_midnight = datetime(2026, 3, 12, 22, 30, tzinfo=UTC)
    for at, day, sentences in (
        (NOW, date(2026, 3, 12), []),
        (NOW, date(2026, 3, 13), ["« Bilan reçu le » est dans le futur : 13 mars 2026."]),
        (almost_midnight, date(2026, 3, 12), []),
        (
            almost_midnight,
            date(2026, 3, 13),
            ["« Bilan reçu le » est dans le futur : 13 mars 2026."],
        ),
        (datetime(2026, 3, 12, 23, 30, tzinfo=UTC), date(2026, 3, 13), []),
    ):
        tried = trial.sentences(rule, {"bilan_recu_le": day}, action="receptionner_bilan", at=at)
        assert tried == sentences
    assert trial.of(rule) == []
    assert trial.of(rule, {"bilan_recu_le": None}) == []


@pytest.mark.parametrize(
    ("holder", "accepted"),
    [
        (STRUCTURE, True),
        ("ASSOCIATION LES JARDINS DU LEZ", True),
        ("Jardin du Lez", True),
        ("Ana Porteuse", False),
    ],
)
def test_the_account_is_in_the_structures_name(trial: Trial, holder: str, accepted: bool) -> None:
    found = trial.sentences("compte_de_la_structure", {"titulaire_iban": holder})
    sentence = f"Le compte est au nom de « {holder} », la structure s'appelle « {STRUCTURE} »."
    assert found == ([] if accepted else [sentence])


def test_a_dossier_without_a_structure_is_neither_inscribed_nor_paid(trial: Trial) -> None:
    trial.row |= {"structure_id": None, "structure_nom": None}
    assert trial.sentences("structure_connue") == [
        "Le dossier n'est rattaché à aucune structure : rattachez-le d'abord."
    ]
    assert trial.sentences("compte_de_la_structure", {"titulaire_iban": "Ana"}) == [
        "Le dossier n'est rattaché à aucune structure : rattachez-le avant de payer."
    ]
    assert trial.of("compte_de_la_structure") == []


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"destination": "autre"}, "organisme_destinataire"),
        ({"destination": "autre", "organisme_destinataire": "Mission locale"}, None),
        (
            {
                "destination": "autre",
                "organisme_destinataire": "Mission locale",
                "ouvrir_dossier": True,
            },
            "ouvrir_dossier",
        ),
        ({"destination": "dla_individuel", "ouvrir_dossier": True}, None),
    ],
)
def test_another_body_has_a_name_and_no_dossier_here(
    trial: Trial, answers: dict[str, Any], field: str | None
) -> None:
    found = [refusal.field for refusal in trial.of("destination_precisee", answers)]
    assert found == ([field] if field else [])


def test_a_reminder_dies_with_its_cause(trial: Trial) -> None:
    trial.facts = {"rendez_vous": None}
    assert trial.of("sans_rendez_vous") == []
    trial.facts = {"rendez_vous": NOW}
    assert trial.sentences("sans_rendez_vous") == ["Un rendez-vous est déjà fixé."]


def test_no_rule_passes_by_being_only_looked_at(counter: Counter) -> None:
    """What `actions` allows and a good form then gets must be the same."""
    counter.take_to("cts")
    refused = counter.offers()["selectionner"].refusals
    assert [refusal.code for refusal in refused] == ["seance_a_venir", "vote_non_clos"]
    counter.wait(days=21)
    counter.hear("retenu", 1_800_000)
    assert counter.offers()["selectionner"].allowed
    counter.do("selectionner", montant_accorde="18 000")


def test_every_rule_of_a_dossier_is_tried_here() -> None:
    tried = {
        *("porteur_joignable", "fiche_complete", "fiche_a_completer", "reponse_favorable"),
        *("taille_eligible", "aide_sous_plafond", "montant_accordable", "dates_en_ordre"),
        *("pas_dans_le_futur", "compte_de_la_structure", "structure_connue"),
        *("destination_precisee", "sans_rendez_vous"),
        # In pieces/test_guards.py.
        *("pieces_validees", "pieces_manquantes"),
    }
    assert set(DOSSIERS.guards) == tried
