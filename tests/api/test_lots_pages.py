"""One operation on many dossiers: each with its own outcome and reasons, done once, taken back."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select, update

from grants.dossiers.lots import preparation
from grants.dossiers.lots.tables import LotDossier
from grants.dossiers.tables import Dossier
from tests.builders.crowd import write_crowd
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.reading import said
from tests.builders.visitors import Answer, Visitor
from workflow.database import Database, table_of
from workflow.journal_tables import JournalEntry

_D, _LD, _J = table_of(Dossier), table_of(LotDossier), table_of(JournalEntry)
INSCRIRE = "microprojets/inscrire_cts"


def choose(visitor: Visitor, ids: list[int], **more: object) -> str:
    """The address of a lot of these dossiers."""
    answer = visitor.post("/lots", {"dossier": [str(id) for id in ids], **more})
    assert answer.status_code == 303, said(answer)
    return answer.headers["location"]


def outcomes(database: Database, lot: str) -> dict[int, tuple[str, list[str]]]:
    """What became of each dossier, and why."""
    query = select(_LD).where(_LD.c.lot_id == int(lot.rsplit("/", 1)[1]))
    with database.reading() as session:
        rows = session.connection().execute(query).mappings()
        return {row["dossier_id"]: (row["etat"], json.loads(row["raisons"])) for row in rows}


def moves(database: Database) -> int:
    query = select(func.count()).select_from(_J).where(_J.c.event == "inscrire_cts")
    with database.reading() as session:
        return session.connection().execute(query).scalar_one()


def referents(database: Database, ids: list[int]) -> list[int | None]:
    query = select(_D.c.referent_id).where(_D.c.id.in_(ids)).order_by(_D.c.id)
    with database.reading() as session:
        return list(session.connection().execute(query).scalars())


@pytest.fixture
def five(counter: Counter) -> list[int]:
    """Five dossiers about to be presented: one without its pièces, one that nobody pays for."""
    ids = []
    for n in range(5):
        ids.append(counter.take_to("accompagnement"))
        counter.fill("projet")
        if n != 1:
            counter.bring_pieces()
        if n != 3:
            counter.finance()
    return ids


def test_five_dossiers_are_inscribed_in_one_batch_of_which_two_are_refused_with_their_reasons(
    charge: Visitor, counter: Counter, five: list[int]
) -> None:
    seance = counter.plan_seance()
    lot = choose(charge, five)
    offered = said(charge.get(lot))
    assert "ces 5 dossiers" in offered
    assert "pour tous" in offered
    form = charge.get(f"{lot}?action=microprojets.inscrire_cts")
    assert "Séance du comité" in said(form)

    checked = charge.post(f"{lot}/actions/{INSCRIRE}", {"seance": str(seance)})
    assert checked.headers["location"] == lot
    rehearsed = said(charge.get(lot))
    assert "3 passeraient, 2 ne passeraient pas." in rehearsed
    assert moves(counter.database) == 0

    assert charge.post(f"{lot}/executer").headers["location"] == lot
    shown = charge.get(lot)
    assert "3 faits, 2 refusés." in said(shown)
    found = outcomes(counter.database, lot)
    assert [found[id][0] for id in five] == ["fait", "refuse", "fait", "refuse", "fait"]
    for id, stage in zip(
        five, ["cts", "accompagnement", "cts", "accompagnement", "cts"], strict=True
    ):
        assert counter.read(id).stage == stage
    for refused, word in ((five[1], "pièce"), (five[3], "financ")):
        reasons = found[refused][1]
        assert reasons
        assert any(word in reason.lower() for reason in reasons), reasons
        assert f'href="/dossiers/{refused}"' in shown.text
        for reason in reasons:
            assert reason.replace("’", "'").split(" ")[0] in said(shown)
    assert moves(counter.database) == 3


def test_a_batch_sent_again_does_nothing_twice(
    charge: Visitor, counter: Counter, five: list[int]
) -> None:
    seance = {"seance": str(counter.plan_seance())}
    lot = choose(charge, five)
    for _ in range(2):
        charge.post(f"{lot}/actions/{INSCRIRE}", seance)
    for address in ("executer", "executer", "suite", f"actions/{INSCRIRE}", "suite"):
        data = seance if address.startswith("actions") else {}
        assert charge.post(f"{lot}/{address}", data).status_code == 303
    assert moves(counter.database) == 3
    # A line that would be tried again by a fault meets the key of its move.
    with counter.database.unit_of_work() as session:
        session.connection().execute(update(_LD).values(etat="attente"))
        session.connection().execute(update(preparation._L).values(etat="execution"))
    charge.post(f"{lot}/suite")
    assert moves(counter.database) == 3
    assert {etat for etat, _ in outcomes(counter.database, lot).values()} == {"deja", "refuse"}
    # Another operation does not take the same lot over.
    refused = charge.post(f"{lot}/confier", {"referent": "0"})
    assert refused.status_code == 409
    assert "sert déjà à une autre opération" in said(refused)


def test_the_refused_ones_are_tried_again_once_mended(
    charge: Visitor, counter: Counter, five: list[int]
) -> None:
    seance = {"seance": str(counter.plan_seance())}
    lot = choose(charge, five)
    charge.post(f"{lot}/actions/{INSCRIRE}", seance)
    charge.post(f"{lot}/executer")
    counter.dossier = five[1]
    counter.bring_pieces()
    again = charge.post(f"{lot}/reprendre").headers["location"]
    assert set(outcomes(counter.database, again)) == {five[1], five[3]}
    charge.post(f"{again}/actions/{INSCRIRE}", seance)
    charge.post(f"{again}/executer")
    assert "1 fait, 1 refusé." in said(charge.get(again))


def test_a_form_with_a_fault_comes_back_and_nothing_starts(
    charge: Visitor, counter: Counter, five: list[int]
) -> None:
    lot = choose(charge, five)
    for typed in ({}, {"seance": "0"}, {"seance": "9999999"}, {"seance": "a"}):
        answer = charge.post(f"{lot}/actions/{INSCRIRE}", typed)
        assert answer.status_code == 422, typed
        assert "Séance du comité" in said(answer)
    assert charge.post(f"{lot}/executer").status_code == 409
    assert charge.post(f"{lot}/actions/microprojets/inconnue").status_code == 404
    assert charge.post(f"{lot}/actions/inconnu/inscrire_cts").status_code == 404
    assert charge.get(f"{lot}?action=a.b").status_code == 404
    assert {etat for etat, _ in outcomes(counter.database, lot).values()} == {"attente"}


def undo_word(visitor: Visitor, answer: Answer) -> str:
    shown = visitor.get(answer.headers["location"])
    start = shown.text.index('name="retour_arriere" value="') + len('name="retour_arriere" value="')
    return shown.text[start : shown.text.index('"', start)]


def test_dossiers_are_given_to_a_colleague_and_taken_back_within_ten_seconds(
    charge: Visitor, counter: Counter, office: Office
) -> None:
    with counter.database.unit_of_work() as session:
        ids = write_crowd(session, office, 6)
    before = referents(counter.database, ids)
    colleague = office.people["assistant"].id
    lot = choose(charge, ids, requete="departement=34")
    answer = charge.post(f"{lot}/confier", {"referent": str(colleague)})
    assert answer.headers["location"] == "/liste?departement=34"
    assert referents(counter.database, ids) == [colleague] * 6
    states = [etat for etat, _ in outcomes(counter.database, lot).values()]
    assert sorted(states) == ["deja", "deja", "fait", "fait", "fait", "fait"]
    back = charge.post("/annuler", {"retour_arriere": undo_word(charge, answer)})
    assert back.headers["location"] == "/liste?departement=34"
    assert referents(counter.database, ids) == before


def test_what_changed_since_is_left_as_it_is(
    charge: Visitor, counter: Counter, office: Office
) -> None:
    with counter.database.unit_of_work() as session:
        ids = write_crowd(session, office, 2)
    assistant, direction = office.people["assistant"].id, office.people["direction"].id
    lot = choose(charge, ids)
    word = undo_word(charge, charge.post(f"{lot}/confier", {"referent": str(assistant)}))
    charge.post(f"/dossiers/{ids[0]}/referent", {"referent": str(direction)})
    assert "1 annulé, 1 laissé tel quel" in said(
        charge.get(charge.post("/annuler", {"retour_arriere": word}).headers["location"])
    )
    assert referents(counter.database, ids) == [direction, direction]


def test_dossiers_are_tagged_untagged_and_filtered(charge: Visitor, counter: Counter) -> None:
    ids = [counter.open(), counter.open()]
    for typed in ("Été à relancer", "  ete A RELANCER "):
        charge.post(f"{choose(charge, ids)}/etiqueter", {"etiquette": typed})
    shown = charge.get("/liste")
    assert shown.text.count("Été à relancer</a>") == 2
    tag = shown.text.split("etiquette=", 1)[1].split('"', 1)[0]
    assert "2 dossiers" in said(charge.get(f"/liste?etiquette={tag}"))
    word = undo_word(charge, charge.post(f"{choose(charge, ids[:1])}/retirer", {"retiree": tag}))
    assert "1 dossier ·" in said(charge.get(f"/liste?etiquette={tag}"))
    charge.post("/annuler", {"retour_arriere": word})
    assert "2 dossiers" in said(charge.get(f"/liste?etiquette={tag}"))
    lot = choose(charge, ids)
    for bad in ("", " ", "a" * 41, "a\0b", "a\nb"):
        assert charge.post(f"{lot}/etiqueter", {"etiquette": bad}).status_code == 422, bad
    for bad in ("", "0", "x", "99999"):
        assert charge.post(f"{lot}/retirer", {"retiree": bad}).status_code == 422, bad
    for bad in ("", "-1", "x", "99999"):
        assert charge.post(f"{lot}/confier", {"referent": bad}).status_code == 422, bad


def test_all_that_is_filtered_is_chosen_across_pages(
    charge: Visitor, counter: Counter, office: Office
) -> None:
    with counter.database.unit_of_work() as session:
        ids = write_crowd(session, office, 180)
    answer = charge.post("/lots", {"portee": "filtre", "requete": "departement=34"})
    lot = answer.headers["location"]
    assert set(outcomes(counter.database, lot)) == {id for n, id in enumerate(ids) if n % 3 == 1}
    # Ticked here and on the pages before: one lot, each dossier once.
    mixed = {"dossier": [str(ids[0]), str(ids[1])], "choisis": f"{ids[1]},{ids[2]},"}
    other = charge.post("/lots", mixed).headers["location"]
    assert set(outcomes(counter.database, other)) == set(ids[:3])


def test_a_lot_is_chosen_once_and_within_bounds(
    charge: Visitor, counter: Counter, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counter.database.unit_of_work() as session:
        ids = write_crowd(session, office, 4)
    key = {"idempotency_key": "une-cle-de-lot-1"}
    assert choose(charge, ids[:2], **key) == choose(charge, ids[:2], **key)
    assert charge.post("/lots", {"portee": "choisis"}).status_code == 409
    assert charge.post("/lots", {"portee": "filtre", "requete": "q=zzz"}).status_code == 409
    assert charge.post("/lots", {"portee": "filtre", "requete": "du=hier"}).status_code == 422
    for bad in ("abc", "-1", "0", "1" * 30, "1;2"):
        assert charge.post("/lots", {"choisis": bad}).status_code == 422, bad
    assert charge.post("/lots", {"dossier": "999999"}).status_code == 404
    monkeypatch.setattr(preparation, "MOST", 3)
    for asked in ({"portee": "filtre"}, {"dossier": [str(id) for id in ids]}):
        refused = charge.post("/lots", asked)
        assert refused.status_code == 409
        assert "3 dossiers au plus" in said(refused)


def test_ten_thousand_dossiers_are_seen_to_a_slice_at_a_time(
    charge: Visitor, counter: Counter, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counter.database.unit_of_work() as session:
        ids = write_crowd(session, office, 12)
    monkeypatch.setattr("api.lots_at_work.SECONDS", 0.0)
    monkeypatch.setattr("api.lots_at_work.work.__defaults__", (0.0,))
    lot = choose(charge, ids)
    colleague = str(office.people["charge_de_mission"].id)
    charge.post(f"{lot}/confier", {"referent": colleague})
    assert "1 dossier sur 12" in said(charge.get(lot))
    steps = 1
    while "Continuer" in said(charge.get(lot)):
        charge.post(f"{lot}/suite")
        steps += 1
    assert steps == 12
    assert referents(counter.database, ids) == [int(colleague)] * 12
