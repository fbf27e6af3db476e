"""Notes, the referent, links: what colleagues do to a dossier without moving it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import func, select, update

from grants.dossiers import notes as notes_module
from grants.dossiers.notes import LONGEST_NOTE, add_note, give_to, tie
from grants.dossiers.queries import linked_to, notes_of
from grants.dossiers.tables import LienDossier
from grants.organisation.identity import ReadOnly
from grants.organisation.tables import Adhesion
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from workflow.database import LARGEST_ID, table_of
from workflow.errors import Invalid, KeyReused, NotFound, Stale


def note(
    counter: Counter, text: str, by: str = "charge_de_mission", key: str | None = None
) -> None:
    with counter.database.unit_of_work() as session:
        identity = counter.office.identity(by)
        add_note(session, counter.engine, identity, counter.dossier, text, counter.now, key)


def notes(counter: Counter) -> list[tuple[str, str]]:
    with counter.database.reading() as session:
        found = notes_of(session.connection(), counter.dossier)
    return [(each["auteur"], each["texte"]) for each in found]


def give(counter: Counter, compte_id: int | None, version: int | None = None) -> None:
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, counter.charge, counter.dossier)
        give_to(*place, compte_id, counter.now, version)


def tie_to(counter: Counter, dossier: int, reference: str) -> None:
    with counter.database.unit_of_work() as session:
        tie(session, counter.engine, counter.charge, dossier, reference, counter.now)


def reference(counter: Counter, dossier: int) -> str:
    return counter.read(dossier).row["reference"]


def links(counter: Counter) -> int:
    with counter.database.reading() as session:
        query = select(func.count()).select_from(table_of(LienDossier))
        return session.connection().execute(query).scalar_one()


# --- Notes --------------------------------------------------------------------------------------


def test_notes_are_kept_with_their_author_newest_first(counter: Counter) -> None:
    counter.open()
    note(counter, "  Rappeler lundi.\r\nElle a le devis. ")
    counter.wait(hours=1)
    note(counter, "Rappelée.", "assistant")
    assert notes(counter) == [
        ("Assistant de Aide 34", "Rappelée."),
        ("Chargé de mission de Aide 34", "Rappeler lundi.\nElle a le devis."),
    ]
    last = counter.lines()[-1]
    assert (last.event, last.role, last.content) == (
        "note_ajoutee",
        "assistant",
        {"texte": "Rappelée."},
    )


def test_a_note_leaves_everybodys_form_up_to_date(counter: Counter) -> None:
    counter.open()
    seen = counter.read().lock_version
    note(counter, "Pendant que vous écriviez.")
    counter.do("accueillir", version=seen, rendez_vous="2026-03-20T10:30")
    assert counter.read().stage == "accueil"


def test_who_comes_too_late_is_not_told_of_a_note(counter: Counter) -> None:
    counter.open()
    seen = counter.read().lock_version
    counter.fill("projet")
    note(counter, "Après.")
    with pytest.raises(Stale, match="Fiche modifiée"):
        give(counter, None, seen)


def test_the_same_click_adds_one_note(counter: Counter) -> None:
    counter.open()
    for _ in range(2):
        note(counter, "Une seule.", key="note-0001")
    note(counter, "Une autre.", key="note-0002")
    assert [text for _, text in notes(counter)] == ["Une autre.", "Une seule."]
    with pytest.raises(KeyReused):
        counter.do("accueillir", rendez_vous="2026-03-20T10:30", key="note-0001")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Écrivez la note avant de l'ajouter."),
        (" \u200b\n", "Écrivez la note avant de l'ajouter."),
        ("x" * (LONGEST_NOTE + 1), "Ce texte compte 5001 caractères. Réduisez-le à 5000 au plus."),
        ("a\u0000b", "Ce texte contient un caractère de commande invisible."),
        ("a\u202eb", "Ce texte contient une marque qui change le sens de lecture."),
    ],
)
def test_a_note_that_cannot_be_kept_says_why(
    sqlite_counter: Counter, text: str, sentence: str
) -> None:
    sqlite_counter.open()
    with pytest.raises(Invalid) as raised:
        note(sqlite_counter, text)
    assert raised.value.faults["texte"].startswith(sentence)
    assert notes(sqlite_counter) == []


def test_the_longest_note_is_kept(counter: Counter) -> None:
    counter.open()
    note(counter, "é" * LONGEST_NOTE)
    assert notes(counter)[0][1] == "é" * LONGEST_NOTE


def test_notes_are_for_those_who_write_in_that_organisme(
    counter: Counter, other_office: Office
) -> None:
    counter.open()
    with pytest.raises(ReadOnly):
        note(counter, "Non.", "lecteur")
    counter.office = other_office
    with pytest.raises(NotFound):
        note(counter, "Non.")
    assert notes(counter) == []


# --- The referent -------------------------------------------------------------------------------


def test_a_dossier_is_given_to_a_colleague_and_the_journal_says_names(counter: Counter) -> None:
    counter.open()
    people = counter.office.people
    seen = counter.read().lock_version
    give(counter, people["assistant"].id, seen)
    assert counter.read().row["referent_id"] == people["assistant"].id
    give(counter, None, seen + 1)
    assert counter.read().row["referent_id"] is None
    told = [line.content["changements"]["referent"] for line in counter.lines()[1:]]
    assert told == [
        {"avant": "Chargé de mission de Aide 34", "apres": "Assistant de Aide 34"},
        {"avant": "Assistant de Aide 34", "apres": None},
    ]


def test_giving_it_to_whoever_has_it_changes_nothing(counter: Counter) -> None:
    counter.open()
    before = counter.read()
    give(counter, counter.charge.compte_id)
    # A second click, whatever was on screen, is not a conflict.
    give(counter, counter.charge.compte_id, before.lock_version - 1)
    assert counter.read().seq == before.seq


def test_a_dossier_changed_meanwhile_is_not_given_away(counter: Counter) -> None:
    counter.open()
    seen = counter.read().lock_version
    counter.fill("projet")
    with pytest.raises(Stale):
        give(counter, counter.office.people["assistant"].id, seen)


def test_only_an_active_colleague_of_the_organisme_who_writes_takes_a_dossier(
    counter: Counter, other_office: Office
) -> None:
    counter.open()
    gone = counter.office.people["assistant"].id
    _leave(counter, gone)
    strangers = (
        gone,
        counter.office.people["lecteur"].id,
        other_office.people["charge_de_mission"].id,
        987_654,
        0,
        -1,
        LARGEST_ID + 1,
    )
    for compte in strangers:
        with pytest.raises(Invalid) as raised:
            give(counter, compte)
        assert raised.value.faults == {"referent": "Choisissez un collègue dans la liste."}
    assert counter.read().row["referent_id"] == counter.charge.compte_id


def test_the_journal_still_names_a_referent_who_left(counter: Counter) -> None:
    counter.open()
    counter_charge = counter.charge.compte_id
    give(counter, counter.office.people["assistant"].id)
    _leave(counter, counter.office.people["assistant"].id)
    give(counter, counter_charge)
    told = counter.lines()[-1].content["changements"]["referent"]
    assert told["avant"] == "Assistant de Aide 34"


def _leave(counter: Counter, compte: int | None) -> None:
    table = table_of(Adhesion)
    with counter.database.unit_of_work() as session:
        left = update(table).where(table.c.compte_id == compte).values(active=False)
        session.connection().execute(left)


# --- Links --------------------------------------------------------------------------------------


def test_two_dossiers_are_tied_by_reference_and_seen_from_both(counter: Counter) -> None:
    first, second = counter.open(), counter.open("dla_individuel")
    seen = counter.read(first).lock_version
    tie_to(counter, first, f"  {reference(counter, second).lower()} ")
    with counter.database.reading() as session:
        (from_first,) = linked_to(session.connection(), first)
        (from_second,) = linked_to(session.connection(), second)
    assert (from_first.id, from_first.pipeline, from_first.nature) == (
        second,
        "dla_individuel",
        "lie",
    )
    assert from_second.id == first
    assert counter.read(first).lock_version == seen
    line = counter.lines(first)[-1]
    assert line.event == "lien_ajoute"
    assert line.content["changements"]["lien"]["apres"] == reference(counter, second)


def test_a_link_that_cannot_be_says_why(counter: Counter, other_office: Office) -> None:
    first, second = counter.open(), counter.open()
    theirs = Counter(counter.database, counter.engine, other_office)
    # The other organisme counts from one too: its reference exists here as well.
    foreign = [theirs.open() for _ in range(3)][-1]
    tie_to(counter, first, reference(counter, second))
    cases: dict[str, Any] = {
        "MP-1999-001": "Aucun dossier ne porte cette référence. Vérifiez-la.",
        "": "Aucun dossier ne porte cette référence. Vérifiez-la.",
        reference(theirs, foreign): "Aucun dossier ne porte cette référence. Vérifiez-la.",
        reference(counter, first): "C'est ce dossier-ci. Indiquez-en un autre.",
        reference(counter, second): "Ces deux dossiers sont déjà liés.",
        "MP\0": "Ce texte contient un caractère de commande invisible. Retapez-le au clavier.",
        "M" * 21: "Ce texte compte 21 caractères. Réduisez-le à 20 au plus.",
    }
    for typed, sentence in cases.items():
        with pytest.raises(Invalid) as raised:
            tie_to(counter, first, typed)
        assert raised.value.faults == {"reference": sentence}
    with pytest.raises(Invalid, match="à corriger"):
        tie_to(counter, second, reference(counter, first))
    assert links(counter) == 1


def test_two_colleagues_tie_the_same_dossiers_from_either_side_once(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither may come between the other's look and his writing, nor wait for him for ever."""
    together, real = Barrier(2), notes_module.link

    def link_together(*arguments: Any) -> None:
        with suppress(BrokenBarrierError):
            together.wait(timeout=0.5)
        real(*arguments)

    monkeypatch.setattr(notes_module, "link", link_together)
    first, second = counter.open(), counter.open()
    pairs = [(first, reference(counter, second)), (second, reference(counter, first))]

    def run(pair: tuple[int, str]) -> str:
        try:
            tie_to(counter, *pair)
        except Invalid as error:
            return error.faults["reference"]
        return "lié"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(run, pairs))
    assert results == ["Ces deux dossiers sont déjà liés.", "lié"]
    assert links(counter) == 1
