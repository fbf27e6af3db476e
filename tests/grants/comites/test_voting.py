"""A vote: who may give it, until when, and what is left of a secret one."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update

from grants.comites.deports import step_aside
from grants.comites.errors import NotOnTheAgenda, VoteClosed, VoteNotAllowed, VoteNotOpen
from grants.comites.membres import modify_membre
from grants.comites.regles import Regles
from grants.comites.tables import Bulletin, Emargement, Seance
from grants.comites.voting import Vote, ballot_digest, cast_vote
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from tests.builders.offices import Office
from workflow.database import table_of
from workflow.errors import Invalid, NotFound
from workflow.journal_reading import Line, lines_of

_B, _E, _S = table_of(Bulletin), table_of(Emargement), table_of(Seance)


def ruled(hearing: Hearing, **rules: object) -> None:
    """The séance follows other rules than the default ones."""
    regles = Regles(**rules)  # ty: ignore[invalid-argument-type]
    with hearing.database.unit_of_work() as session:
        change = update(_S).where(_S.c.id == hearing.seance).values(regles=regles.dump())
        session.connection().execute(change)


def lines(hearing: Hearing, event: str) -> list[Line]:
    with hearing.database.reading() as session:
        found = lines_of(session.connection(), "seance", hearing.seance)
    return [line for line in reversed(found) if line.event == event]


def opened(hearing: Hearing, counter: Counter, *present: int) -> list[int]:
    hearing.open(*present)
    hearing.begin(counter.dossier)
    return [each.id for each in hearing.members()]


def test_a_vote_is_changed_until_the_closing_and_each_version_is_journaled(
    hearing: Hearing, counter: Counter
) -> None:
    first, *_ = opened(hearing, counter)
    assert hearing.vote(counter.dossier, first, "favorable", own=True).version == 1
    assert hearing.vote(counter.dossier, first, "defavorable", own=True).version == 2
    assert not hearing.vote(counter.dossier, first, "defavorable", own=True).changed
    choices = [line.content["choix"] for line in lines(hearing, "vote_recu")]
    assert choices == ["favorable", "defavorable"]
    counted = hearing.close(counter.dossier)
    assert (counted.favorables, counted.defavorables) == (0, 1)
    with pytest.raises(VoteClosed):
        hearing.vote(counter.dossier, first, "favorable", own=True)


def test_a_vote_given_aloud_says_who_entered_it(hearing: Hearing, counter: Counter) -> None:
    first, *_ = opened(hearing, counter)
    hearing.vote(counter.dossier, first, "favorable", montant=1_500_000)
    (line,) = lines(hearing, "vote_recu")
    assert line.content["saisi_par"] == hearing.by.nom


def test_two_screens_of_one_member_do_not_overwrite_each_other(
    hearing: Hearing, counter: Counter
) -> None:
    first, *_ = opened(hearing, counter)
    hearing.vote(counter.dossier, first, "favorable", own=True, seen=0)
    with pytest.raises(VoteNotAllowed, match="changé entre-temps"):
        hearing.vote(counter.dossier, first, "defavorable", own=True, seen=0)


def test_nobody_votes_before_the_vote_is_open(hearing: Hearing, counter: Counter) -> None:
    hearing.open()
    with pytest.raises(VoteNotOpen):
        hearing.vote(counter.dossier, hearing.members()[0].id, "favorable", own=True)


def test_where_the_rule_lets_them_members_vote_as_soon_as_they_are_convened(
    hearing: Hearing, counter: Counter
) -> None:
    first, *_ = [each.id for each in hearing.members()]
    with pytest.raises(VoteNotOpen):
        hearing.vote(counter.dossier, first, "favorable", own=True)
    ruled(hearing, a_distance="avant")
    assert hearing.vote(counter.dossier, first, "favorable", own=True).version == 1


def test_a_member_votes_for_himself_or_for_who_gave_him_his_pouvoir(
    hearing: Hearing, counter: Counter
) -> None:
    first, second, third, *_ = [each.id for each in hearing.members()]
    hearing.note(third, "represente", pouvoir_a_id=first)
    opened(hearing, counter, first, second)
    with hearing.database.unit_of_work() as session:
        seat = hearing.siege(second)
        for voice in (first, third):
            vote = Vote(hearing.seance, counter.dossier, voice, "favorable")
            with pytest.raises(VoteNotAllowed, match="pour vous, ou pour qui"):
                cast_vote(session, seat, vote, hearing.now)
        vote = Vote(hearing.seance, counter.dossier, third, "favorable")
        assert cast_vote(session, hearing.siege(first), vote, hearing.now).changed
    counted = hearing.close(counter.dossier)
    assert (counted.base, counted.presents, counted.representes) == (5, 2, 1)
    assert counted.favorables == 1


def test_a_proxy_above_the_limit_is_refused_with_the_limit(hearing: Hearing) -> None:
    first, second, third, *_ = [each.id for each in hearing.members()]
    hearing.note(second, "represente", pouvoir_a_id=first)
    with pytest.raises(Invalid) as caught:
        hearing.note(third, "represente", pouvoir_a_id=first)
    assert "a déjà 1 pouvoir" in caught.value.faults["pouvoir_a"]


def test_a_deputy_votes_only_while_the_titular_is_away(hearing: Hearing, counter: Counter) -> None:
    titular = hearing.members()[1].id
    (deputy,) = hearing.name("Ode Ferrand", suppleant_de_id=str(titular))
    first, *_ = [each.id for each in hearing.members()]
    hearing.open(first, deputy)
    hearing.begin(counter.dossier)
    assert hearing.vote(counter.dossier, deputy, "favorable", own=True).changed
    hearing.note(titular, "present")
    with pytest.raises(VoteNotAllowed, match="suppléant ne vote pas"):
        hearing.vote(counter.dossier, deputy, "defavorable", own=True)
    hearing.vote(counter.dossier, titular, "defavorable", own=True)
    counted = hearing.close(counter.dossier)
    assert (counted.base, counted.favorables, counted.defavorables) == (5, 0, 1)


def test_a_term_that_ended_does_not_vote(hearing: Hearing, counter: Counter) -> None:
    first, second, *_ = hearing.members()
    with hearing.database.unit_of_work() as session:
        ended = {
            "college": second.college,
            "voix": second.voix,
            "debut": second.debut.isoformat(),
            "fin": "2026-04-01",
        }
        modify_membre(session, hearing.by, second.id, ended, hearing.now)
    opened(hearing, counter, first.id)
    with pytest.raises(VoteNotAllowed, match="mandat est terminé"):
        hearing.vote(counter.dossier, second.id, "favorable")
    assert hearing.close(counter.dossier).base == 4


def test_who_stepped_aside_neither_votes_nor_counts(hearing: Hearing, counter: Counter) -> None:
    first, second, *_ = opened(hearing, counter)
    hearing.vote(counter.dossier, second, "favorable", own=True)
    with hearing.database.unit_of_work() as session:
        seat = hearing.siege(second)
        assert step_aside(
            session, seat, hearing.seance, counter.dossier, second, "Trésorier", hearing.now
        )
    with pytest.raises(VoteNotAllowed, match="déporté"):
        hearing.vote(counter.dossier, second, "favorable", own=True)
    hearing.vote(counter.dossier, first, "defavorable", own=True)
    counted = hearing.close(counter.dossier)
    assert (counted.base, counted.presents, counted.favorables) == (4, 4, 0)


def test_a_quorum_is_lost_when_somebody_leaves_before_the_vote(
    hearing: Hearing, counter: Counter
) -> None:
    first, second, third, *_ = [each.id for each in hearing.members()]
    hearing.open(first, second, third)
    hearing.note(third, "present", leaves=True)
    hearing.begin(counter.dossier)
    hearing.vote(counter.dossier, first, "favorable", own=True)
    counted = hearing.close(counter.dossier)
    assert (counted.presents, counted.base, counted.issue) == (2, 5, "sans_quorum")


def test_a_dossier_withdrawn_meanwhile_takes_no_vote(hearing: Hearing, counter: Counter) -> None:
    first, *_ = opened(hearing, counter)
    counter.now = hearing.now
    counter.do("retirer_du_cts", reason="Le porteur demande un délai.")
    with pytest.raises(NotOnTheAgenda):
        hearing.vote(counter.dossier, first, "favorable", own=True)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"choix": "pour"}, "choix"),
        ({"choix": "favorable", "montant": 2_000_001}, "montant"),
        ({"choix": "favorable", "montant": 0}, "montant"),
        ({"choix": "defavorable", "montant": 100}, "montant"),
        ({"choix": "favorable_avec_reserves"}, "reserves"),
        ({"choix": "favorable", "reserves": "Si…"}, "reserves"),
        ({"choix": "favorable", "commentaire": "a\x00b"}, "commentaire"),
    ],
)
def test_a_faulty_vote_is_told_by_its_field(
    hearing: Hearing, counter: Counter, said: dict[str, object], field: str
) -> None:
    first, *_ = opened(hearing, counter)
    more = {key: value for key, value in said.items() if key != "choix"}
    with pytest.raises(Invalid) as caught:
        hearing.vote(counter.dossier, first, str(said["choix"]), own=True, **more)
    assert list(caught.value.faults) == [field]


def test_another_organisme_has_no_such_seance(
    hearing: Hearing, counter: Counter, other_office: Office
) -> None:
    first, *_ = opened(hearing, counter)
    vote = Vote(hearing.seance, counter.dossier, first, "favorable")
    with hearing.database.unit_of_work() as session, pytest.raises(NotFound):
        cast_vote(session, other_office.identity(), vote, hearing.now)


def test_nothing_leads_from_a_voice_to_its_secret_ballot(
    hearing: Hearing, counter: Counter
) -> None:
    ruled(hearing, scrutin="secret")
    members = opened(hearing, counter)
    wanted = ["favorable", "defavorable", "favorable", "abstention", "favorable"]
    for member, choix in zip(members, wanted, strict=True):
        hearing.vote(counter.dossier, member, choix, own=True)
    told = [line.content for line in lines(hearing, "vote_recu")]
    assert all("choix" not in each and "montant" not in each for each in told)
    with hearing.database.reading() as session:
        kept = session.connection().execute(select(_B.c.sel, _B.c.choix)).all()
    salts = {row.sel for row in kept}
    assert {ballot_digest(row.sel, row.choix, None) for row in kept} == {
        each["empreinte"] for each in told
    }
    counted = hearing.close(counter.dossier)
    assert (counted.favorables, counted.defavorables, counted.abstentions) == (3, 1, 1)
    with hearing.database.reading() as session:
        connection = session.connection()
        ballots = connection.execute(select(*_B.c)).mappings().all()
        signed = connection.execute(select(_E.c.membre_id)).scalars().all()
        journal = json.dumps(
            [line.content for line in lines_of(connection, "seance", hearing.seance)]
        )
    assert all(row["emargement_id"] is None and row["sel"] is None for row in ballots)
    assert sorted(row["choix"] for row in ballots) == sorted(wanted)
    assert sorted(signed) == sorted(members)
    assert not any(salt in journal for salt in salts)
    (closing,) = lines(hearing, "vote_clos")
    assert sorted(each["choix"] for each in closing.content["bulletins"]) == sorted(wanted)
    assert all(set(each) == {"choix", "montant"} for each in closing.content["bulletins"])


def test_nobody_enters_a_secret_vote_for_another_nor_signs_it_with_a_text(
    hearing: Hearing, counter: Counter
) -> None:
    ruled(hearing, scrutin="secret")
    first, *_ = opened(hearing, counter)
    with pytest.raises(VoteNotAllowed, match="secret"):
        hearing.vote(counter.dossier, first, "favorable")
    with pytest.raises(Invalid):
        hearing.vote(counter.dossier, first, "favorable", own=True, commentaire="Moi")
