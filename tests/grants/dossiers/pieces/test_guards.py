"""What a move and a reminder ask about the pièces."""

from __future__ import annotations

import pytest

from grants.dossiers.pieces.guards import waiting_faults
from grants.dossiers.pieces.service import hand_in, send_back
from tests.builders.dossiers import Counter
from tests.builders.papers import handed
from workflow.engine import Engine
from workflow.guards import Refusal
from workflow.pipeline import Pipeline, Reference

REQUIRED = {"statuts", "recepisse", "avis_siren", "rib", "budget_structure", "devis"}


def about_pieces(counter: Counter) -> dict[str, Refusal]:
    found = counter.offers()["inscrire_cts"].refusals
    return {(each.field or "").removeprefix("pieces."): each for each in found
            if each.code.startswith("piece_")}  # fmt: skip


def test_every_piece_that_is_missing_is_named_with_its_place(counter: Counter) -> None:
    counter.take_to("accompagnement")
    found = about_pieces(counter)
    assert set(found) == REQUIRED
    assert found["rib"].message == "Pièce manquante : « RIB de la structure »."


def test_each_state_has_its_own_sentence(counter: Counter) -> None:
    counter.take_to("accompagnement")
    counter.bring_pieces("statuts", "avis_siren")
    with counter.database.unit_of_work() as session:
        for piece in ("recepisse", "rib"):
            work = (session, counter.engine, counter.charge, counter.dossier, piece)
            hand_in(*work, [handed(piece)], counter.now)
        send_back(*work, {"motif": "mauvaise"}, counter.now)
    counter.wait(days=200)
    told = {key: refusal.message for key, refusal in about_pieces(counter).items()}
    assert "statuts" not in told
    assert told["recepisse"].startswith("Pièce à valider : « Récépissé de déclaration")
    assert told["rib"] == (
        "Pièce à corriger : « RIB de la structure » (ce n’est pas le bon document)."
    )
    assert told["avis_siren"].startswith("Pièce périmée : « Avis de situation SIREN », depuis le")


def test_the_move_opens_with_the_last_piece(counter: Counter) -> None:
    counter.take_to("accompagnement")
    counter.fill("projet")
    counter.plan_seance()
    counter.bring_pieces(*REQUIRED - {"devis"})
    assert set(about_pieces(counter)) == {"devis"}
    counter.bring_pieces("devis")
    assert about_pieces(counter) == {}


def test_the_reminder_dies_with_its_cause(counter: Counter) -> None:
    counter.take_to("accompagnement")
    assert owed(counter)
    counter.bring_pieces(*REQUIRED - {"rib"})
    assert owed(counter)
    receive(counter, "rib")
    assert not owed(counter)


def test_the_signed_convention_is_a_file_too(counter: Counter) -> None:
    counter.take_to("selectionne")
    awaited = "Pièce manquante : « Convention signée »."
    assert counter.refusals("conventionner", **counter.convention()) == [awaited]
    assert owed(counter)
    receive(counter, "convention_signee")
    assert not owed(counter)
    awaited = "Pièce à valider : « Convention signée », reçue."
    assert counter.refusals("conventionner", **counter.convention()) == [awaited]
    counter.bring_pieces()
    assert counter.do("conventionner", **counter.convention()).stage == "suivi"


def owed(counter: Counter) -> bool:
    """Whether the porteur is still reminded of what he owes."""
    situation = next(iter(situations(counter)))
    return not counter.engine.against(situation, (Reference(name="pieces_manquantes"),))


def receive(counter: Counter, piece: str) -> None:
    """The porteur hands a pièce in."""
    with counter.database.unit_of_work() as session:
        work = (session, counter.engine, counter.charge, counter.dossier, piece)
        hand_in(*work, [handed(piece)], counter.now)


def situations(counter: Counter):  # noqa: ANN201 — a generator of one situation
    from grants.dossiers.reading import read_subject, situation_of

    with counter.database.reading() as session:
        connection = session.connection()
        subject = read_subject(
            connection, counter.engine, counter.office.id, counter.dossier, lock=False
        )
        yield situation_of(
            connection, counter.engine, subject, counter.charge, counter.now, {"pieces"}
        )


@pytest.fixture
def pipeline(engine: Engine) -> Pipeline:
    loaded = engine.catalogue.latest("microprojets")
    assert loaded is not None
    return loaded.pipeline


def test_a_piece_that_nothing_waits_for_is_a_fault_of_the_file(pipeline: Pipeline) -> None:
    actions = tuple(
        action.model_copy(update={"guards": ()}) if action.key == "inscrire_cts" else action
        for action in pipeline.actions
    )
    deaf = pipeline.model_copy(update={"actions": actions})
    faults = list(waiting_faults(deaf))
    assert {place for place, *_ in faults} == {f"piece.{key}.required_for" for key in REQUIRED}
    assert "ajoutez « pieces_validees »" in faults[0][2]


def test_a_rule_that_has_nothing_to_check_is_a_fault_of_the_file(pipeline: Pipeline) -> None:
    bare = pipeline.model_copy(update={"pieces": ()})
    assert [place for place, *_ in waiting_faults(bare)] == [
        "action.conventionner.guards",
        "action.inscrire_cts.guards",
    ]
