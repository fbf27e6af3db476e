"""What a comité decided: proposed by its votes, confirmed, then applied."""

from __future__ import annotations

import pytest

from grants.comites.applying import apply_decision, to_apply
from grants.comites.decisions import reserves_of
from grants.comites.errors import DecisionRefused
from grants.comites.reserves import lift_condition
from grants.finances.enveloppes import open_enveloppe
from grants.organisation.identity import DirectionOnly
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from workflow.errors import Invalid


def voted(hearing: Hearing, counter: Counter, *votes: tuple[str, int | None]) -> None:
    """The séance is open; the first members vote so on the dossier at hand; the vote is closed."""
    hearing.open()
    hearing.begin(counter.dossier)
    for member, (choix, montant) in zip(hearing.members(), votes, strict=False):
        reserves = "Un devis de plus" if choix.endswith("reserves") else ""
        hearing.vote(counter.dossier, member.id, choix, montant=montant, reserves=reserves)
    hearing.close(counter.dossier)
    counter.now = hearing.now


FOR = (("favorable", 1_800_000), ("favorable", 1_500_000), ("favorable", None))


def test_no_move_before_the_decision_and_none_against_it(
    hearing: Hearing, counter: Counter
) -> None:
    counter.now = hearing.now
    assert "Le comité n’a pas encore voté sur ce dossier." in counter.refusals(
        "selectionner", montant_accorde="15 000"
    )
    voted(hearing, counter, *FOR)
    waiting = "La décision n’est pas encore confirmée par la personne qui préside."
    assert counter.refusals("selectionner", montant_accorde="15 000") == [waiting]
    hearing.settle(counter.dossier, "retenu")
    (sentence,) = counter.refusals("selectionner", montant_accorde="15 000")
    assert "18\u202f000" in sentence
    assert "pas autre chose" in sentence
    contrary = "Le comité a décidé de retenir ce projet."
    assert counter.refusals("refuser", reason="Non") == [contrary]
    assert contrary in counter.refusals("ajourner", reason="Non", complements_attendus="Rien")
    assert counter.do("selectionner", montant_accorde="18 000").stage == "selectionne"


def test_a_decision_that_departs_from_the_votes_owes_its_reason(
    hearing: Hearing, counter: Counter
) -> None:
    voted(hearing, counter, *FOR)
    for said in ({"retenue": "ajourne"}, {"retenue": "retenu", "montant": 1_000_000}):
        with pytest.raises(Invalid) as caught:
            hearing.settle(counter.dossier, str(said.pop("retenue")), **said)
        assert caught.value.faults == {"motif": "La décision s’écarte du vote : dites pourquoi."}
    kept = hearing.settle(counter.dossier, "retenu", montant=1_000_000, motif="Première tranche.")
    assert (kept["proposee"], kept["montant_propose"], kept["montant"]) == (
        "retenu",
        1_800_000,
        1_000_000,
    )


def test_a_refusal_always_has_its_reason(hearing: Hearing, counter: Counter) -> None:
    voted(hearing, counter, ("defavorable", None), ("defavorable", None))
    with pytest.raises(Invalid) as caught:
        hearing.settle(counter.dossier, "refuse")
    assert "le porteur le lira" in caught.value.faults["motif"]


@pytest.mark.parametrize(
    ("montant", "sentence"),
    [(2_000_001, "l’aide demandée"), (0, "supérieur à zéro"), (-5, "supérieur à zéro")],
)
def test_an_amount_beyond_its_bounds_is_refused(
    hearing: Hearing, counter: Counter, montant: int, sentence: str
) -> None:
    voted(hearing, counter, *FOR)
    with pytest.raises(Invalid) as caught:
        hearing.settle(counter.dossier, "retenu", montant=montant, motif="Oui.")
    assert sentence in caught.value.faults["montant"]


def test_without_a_quorum_nothing_is_decided(hearing: Hearing, counter: Counter) -> None:
    hearing.open(hearing.members()[0].id)
    hearing.begin(counter.dossier)
    hearing.close(counter.dossier)
    with pytest.raises(DecisionRefused, match="quorum"):
        hearing.settle(counter.dossier, "retenu", motif="Tant pis.")
    counter.now = hearing.now
    (sentence,) = counter.refusals("selectionner", montant_accorde="18 000")
    assert sentence.startswith("Le quorum n’était pas atteint (1 sur 5)")


def test_each_condition_is_lifted_before_the_convention(hearing: Hearing, counter: Counter) -> None:
    voted(hearing, counter, ("favorable_avec_reserves", 1_800_000), ("favorable", 1_800_000))
    conditions = ("Fournir un devis", "Trouver un local")
    hearing.settle(counter.dossier, "retenu", reserves=conditions)
    counter.do("selectionner", montant_accorde="18 000")
    refused = counter.refusals("conventionner", **counter.convention())
    assert [each for each in refused if "Réserve" in each] == [
        f"Réserve du comité à lever : {each}" for each in conditions
    ]
    with counter.database.unit_of_work() as session:
        rows = reserves_of(session.connection(), hearing.seance, counter.dossier)
        for row in rows:
            lift_condition(
                session, counter.engine, hearing.by, row["id"], "Reçu ce jour", counter.now
            )
    assert not [
        each
        for each in counter.refusals("conventionner", **counter.convention())
        if "Réserve" in each
    ]


def test_the_enveloppe_bounds_what_is_proposed_and_what_is_decided(
    hearing: Hearing, counter: Counter
) -> None:
    direction = counter.office.identity()
    year = str(hearing.now.year)
    form = {"dispositif": "microprojets", "annee": year, "financeur": "État", "montant": "12 000"}
    with counter.database.unit_of_work() as session:
        with pytest.raises(DirectionOnly):
            open_enveloppe(session, counter.engine, hearing.by, form, counter.now)
        open_enveloppe(session, counter.engine, direction, form, counter.now)
    voted(hearing, counter, *FOR)
    with pytest.raises(Invalid) as caught:
        hearing.settle(counter.dossier, "retenu", montant=1_500_000, motif="Quand même.")
    assert "12\u202f000" in caught.value.faults["montant"]
    assert hearing.settle(counter.dossier, "retenu")["montant"] == 1_200_000


def test_a_decision_is_applied_once_and_then_changes_no_more(
    hearing: Hearing, counter: Counter
) -> None:
    voted(hearing, counter, *FOR)
    hearing.settle(counter.dossier, "retenu")
    organisme, now = hearing.by.organisme_id, hearing.now
    with counter.database.unit_of_work() as session:
        (waiting,) = to_apply(session.connection(), organisme, hearing.seance)
        first = apply_decision(
            session, counter.engine, hearing.by, hearing.seance, waiting.dossier_id, now
        )
        again = apply_decision(
            session, counter.engine, hearing.by, hearing.seance, waiting.dossier_id, now
        )
        assert (first.stage, first.replayed, again.replayed) == ("selectionne", False, True)
        assert to_apply(session.connection(), organisme, hearing.seance) == []
    with pytest.raises(DecisionRefused, match="déjà appliquée"):
        hearing.settle(counter.dossier, "ajourne", motif="Finalement non.")


@pytest.mark.parametrize(("issue", "stage"), [("ajourne", "accompagnement"), ("refuse", "refuse")])
def test_each_decision_leads_where_it_says(
    hearing: Hearing, counter: Counter, issue: str, stage: str
) -> None:
    votes = {"ajourne": "ajournement", "refuse": "defavorable"}
    voted(hearing, counter, (votes[issue], None), (votes[issue], None), (votes[issue], None))
    hearing.settle(counter.dossier, issue, motif="Le budget est à revoir.")
    with counter.database.unit_of_work() as session:
        done = apply_decision(
            session, counter.engine, hearing.by, hearing.seance, counter.dossier, hearing.now
        )
    assert done.stage == stage


def test_a_corrected_selection_waits_to_be_applied_again(
    hearing: Hearing, counter: Counter
) -> None:
    voted(hearing, counter, *FOR)
    hearing.settle(counter.dossier, "retenu")
    counter.do("selectionner", montant_accorde="18 000")
    counter.do("corriger_etape", by="direction", reason="Trop tôt.")
    with counter.database.reading() as session:
        waiting = to_apply(session.connection(), hearing.by.organisme_id, hearing.seance)
    assert [each.dossier_id for each in waiting] == [counter.dossier]
    assert counter.do("selectionner", montant_accorde="18 000").stage == "selectionne"
