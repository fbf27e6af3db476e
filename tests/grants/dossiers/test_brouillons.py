"""What is typed and not saved: kept for its writer alone, for a while, within bounds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from grants.dossiers.brouillons.presence import (
    PRESENT_FOR,
    forget_absent,
    mark_gone,
    mark_present,
    others_present,
)
from grants.dossiers.brouillons.service import (
    KEPT_FOR,
    LARGEST,
    Draft,
    DraftTooBig,
    Typing,
    drafts_of,
    drop_draft,
    drop_old_drafts,
    save_draft,
)
from grants.dossiers.brouillons.tables import Brouillon, Presence
from grants.dossiers.sheets import SheetEdit, edit_sheet
from grants.organisation.identity import Identity, ReadOnly
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from workflow.database import table_of
from workflow.errors import Invalid, NotFound

FICHE = "fiche-accueil"
TYPED = {"compte_rendu": "Une équipe de trois,\nun local « trouvé » 🌱\x00"}


def keep(
    counter: Counter,
    answers: Any = None,
    form: str = FICHE,
    by: Identity | None = None,
    key: str | None = None,
) -> bool:
    typed = TYPED if answers is None else answers
    version = counter.read().lock_version
    with counter.database.unit_of_work() as session:
        typing = Typing(counter.dossier, form, typed, version, key)
        return save_draft(session, counter.engine, by or counter.charge, typing, counter.now)


def found(counter: Counter, by: Identity | None = None) -> dict[str, Draft]:
    with counter.database.reading() as session:
        who = by or counter.charge
        return drafts_of(session.connection(), who, counter.dossier, counter.now)


def held(counter: Counter, table: Any) -> int:
    with counter.database.reading() as session:
        query = select(func.count()).select_from(table_of(table))
        return session.connection().execute(query).scalar_one()


def test_a_draft_is_found_again_as_it_was_typed(counter: Counter) -> None:
    counter.take_to("accueil")
    assert keep(counter)
    counter.wait(minutes=1)
    assert keep(counter, {**TYPED, "statut_ess": ["oui", "non"]})
    (draft,) = found(counter).values()
    assert draft.answers == {**TYPED, "statut_ess": ["oui", "non"]}
    assert (draft.at, draft.version) == (counter.now, counter.read().lock_version)
    assert held(counter, Brouillon) == 1


def test_nothing_of_the_dossier_changes(counter: Counter) -> None:
    counter.take_to("accueil")
    before = counter.read()
    keep(counter)
    after = counter.read()
    assert (after.seq, after.lock_version) == (before.seq, before.lock_version)


def test_the_latest_draft_comes_first(counter: Counter) -> None:
    counter.take_to("accueil")
    keep(counter)
    counter.wait(seconds=5)
    keep(counter, {"motif": "Sans nouvelles"}, "action-classer_sans_suite")
    assert list(found(counter)) == ["action-classer_sans_suite", FICHE]


def test_nobody_else_sees_it(counter: Counter, other_office: Office) -> None:
    counter.take_to("accueil")
    keep(counter)
    for other in (counter.office.identity("direction"), other_office.identity()):
        assert found(counter, other) == {}
    me = counter.charge
    assert found(counter, Identity(other_office.id, me.compte_id, me.nom, me.role)) == {}


def test_the_dossier_of_another_organisme_does_not_exist(
    counter: Counter, other_office: Office
) -> None:
    counter.take_to("accueil")
    for work in (keep, lambda *_, by: present(counter, by)):
        with pytest.raises(NotFound):
            work(counter, by=other_office.identity())
    assert (held(counter, Brouillon), held(counter, Presence)) == (0, 0)


def test_who_reads_only_keeps_nothing(counter: Counter) -> None:
    counter.take_to("accueil")
    for work in (keep, lambda *_, by: present(counter, by)):
        with pytest.raises(ReadOnly):
            work(counter, by=counter.office.identity("lecteur"))


@pytest.mark.parametrize(
    "form", ["fiche-inconnue", "action-inconnue", "accueil", "", "note-x", "-"]
)
def test_a_form_that_is_not_there_keeps_nothing(counter: Counter, form: str) -> None:
    counter.open()
    with pytest.raises(NotFound):
        keep(counter, form=form)


def test_an_answer_that_the_form_does_not_ask_is_refused(counter: Counter) -> None:
    counter.open()
    with pytest.raises(Invalid):
        keep(counter, {"couleur": "bleu"})


def test_a_draft_has_its_bounds(counter: Counter) -> None:
    counter.take_to("accueil")
    with pytest.raises(DraftTooBig):
        keep(counter, {"compte_rendu": "a" * LARGEST})
    assert keep(counter, {"compte_rendu": "a" * (LARGEST - 30)})


def test_a_draft_that_comes_after_its_form_was_saved_is_not_kept(counter: Counter) -> None:
    counter.take_to("accueil")
    key = "a" * 32
    with counter.database.unit_of_work() as session:
        edit = SheetEdit(counter.dossier, "accueil", {"compte_rendu": "Fini."}, key=key)
        edit_sheet(session, counter.engine, counter.charge, edit, counter.now)
    assert not keep(counter, key=key)
    assert found(counter) == {}
    assert keep(counter, key="b" * 32)


def test_a_draft_is_forgotten_when_asked_and_after_some_weeks(counter: Counter) -> None:
    counter.take_to("accueil")
    keep(counter)
    with counter.database.unit_of_work() as session:
        drop_draft(session, counter.office.identity("direction"), counter.dossier, FICHE)
    assert list(found(counter)) == [FICHE]
    counter.now += KEPT_FOR - timedelta(seconds=1)
    assert list(found(counter)) == [FICHE]
    assert drop_old_drafts(counter.database, counter.now) == 0
    counter.wait(seconds=2)
    assert found(counter) == {}
    assert drop_old_drafts(counter.database, counter.now) == 1
    assert held(counter, Brouillon) == 0


def present(counter: Counter, by: Identity) -> None:
    with counter.database.unit_of_work() as session:
        mark_present(session, counter.engine, by, counter.dossier, counter.now)


def seen(counter: Counter, by: Identity) -> tuple[str, ...]:
    with counter.database.reading() as session:
        return others_present(session.connection(), by, counter.dossier, counter.now)


def test_a_colleague_sees_who_is_at_it_for_less_than_a_minute(counter: Counter) -> None:
    counter.take_to("accueil")
    me, colleague = counter.charge, counter.office.identity("assistant")
    present(counter, me)
    assert seen(counter, me) == ()
    assert seen(counter, colleague) == (me.nom,)
    counter.now += PRESENT_FOR / 2
    present(counter, me)
    counter.now += PRESENT_FOR / 2
    assert seen(counter, colleague) == (me.nom,)
    assert forget_absent(counter.database, counter.now) == 0
    counter.now += PRESENT_FOR / 2
    assert seen(counter, colleague) == ()
    assert forget_absent(counter.database, counter.now) == 1


def test_who_is_done_is_seen_no_more(counter: Counter, other_office: Office) -> None:
    counter.take_to("accueil")
    colleague = counter.office.identity("assistant")
    present(counter, counter.charge)
    assert seen(counter, other_office.identity()) == ()
    with counter.database.unit_of_work() as session:
        mark_gone(session, counter.charge, counter.dossier)
    assert seen(counter, colleague) == ()
