"""What nobody may do around a séance, each told in a sentence: the rest is beside its subject."""

from __future__ import annotations

from datetime import timedelta

import pytest

from grants.comites.errors import DecisionRefused, SeanceOver, VoteNotAllowed
from grants.comites.membres import MEMBRES, modify_membre
from grants.comites.presences import take_the_chair
from grants.finances.enveloppes import open_enveloppe
from tests.builders.dossiers import Counter
from tests.builders.hearings import NAMES, Hearing
from workflow.errors import Invalid, NotFound, Refused


@pytest.fixture
def database_kind() -> str:
    """One kind: rules told by the services, whatever the database."""
    return "sqlite"


def test_two_presidents_are_one_too_many(hearing: Hearing, counter: Counter) -> None:
    with pytest.raises(Invalid) as told:
        hearing.name("Charlie Imbert", rang_presidence="1")
    assert f"{NAMES[0]} a déjà ce rang" in told.value.faults["rang_presidence"]
    (second,) = hearing.name("Charlie Imbert", rang_presidence="2")
    with counter.database.unit_of_work() as session:
        row = MEMBRES.read(session.connection(), counter.office.id, second)
        mandate = {"college": row["college"], "voix": row["voix"], "debut": str(row["debut"])}
        with pytest.raises(Invalid):
            modify_membre(
                session, hearing.by, second, {**mandate, "rang_presidence": "1"}, hearing.now
            )
    # Whose term is over leaves the rank to the next one.
    gone = (hearing.now + timedelta(days=400)).date().isoformat()
    assert hearing.name("Eden Kerjean", rang_presidence="3", debut=gone)
    assert hearing.name("Ali Faure", rang_presidence="3", fin=hearing.now.date().isoformat())


def test_whoever_presides_is_one_of_those_who_may(hearing: Hearing, counter: Counter) -> None:
    hearing.open()

    def chair(membre: int) -> bool:
        with counter.database.unit_of_work() as session:
            return take_the_chair(session, hearing.by, hearing.seance, membre, hearing.now)

    with pytest.raises(Invalid, match="à corriger"):
        chair(hearing.members()[1].id)
    with pytest.raises(NotFound):
        chair(999_999)
    hearing.do("clore")
    with pytest.raises(SeanceOver):
        chair(hearing.members()[0].id)


def test_a_seance_put_off_gets_a_date_to_come_after_its_inscriptions_close(
    hearing: Hearing,
) -> None:
    at = hearing.now - timedelta(days=3)
    hearing.do("reporter", at, reason="La salle est fermée.")
    later = {"tenue_le": "2030-04-10T14:00", "cloture_inscriptions": "2030-04-11"}
    with pytest.raises(Refused, match=r".*") as late:
        hearing.do("reprogrammer", at, answers=later)
    assert "le jour de la séance au plus tard" in late.value.refusals[0].message
    with pytest.raises(Refused) as past:
        hearing.do("reprogrammer", at, answers={**later, "tenue_le": "2020-01-01T14:00"})
    assert "déjà passée" in past.value.refusals[0].message
    hearing.do("reprogrammer", at, answers={**later, "cloture_inscriptions": "2030-04-01"})
    assert hearing.read().stage == "preparation"


def test_the_direction_alone_goes_beyond_the_enveloppe_where_the_rule_lets_her_and_says_why(
    hearing: Hearing, counter: Counter
) -> None:
    direction, dossier = counter.office.identity(), counter.dossier
    year = str(hearing.now.year)
    form = {"dispositif": "microprojets", "annee": year, "financeur": "État", "montant": "12 000"}
    with counter.database.unit_of_work() as session:
        open_enveloppe(session, counter.engine, direction, form, counter.now)
    hearing.open()
    hearing.rule(depassement=True)
    hearing.begin(dossier)
    for member in hearing.members():
        hearing.vote(dossier, member.id, "favorable")
    hearing.close(dossier)
    with pytest.raises(Invalid) as reserved:
        hearing.settle(dossier, "retenu", montant=1_500_000, motif="Quand même.")
    assert "seule la direction" in reserved.value.faults["montant"]
    hearing.by = direction
    with pytest.raises(Invalid) as silent:
        hearing.settle(dossier, "retenu", montant=1_500_000)
    assert "écrivez le motif" in silent.value.faults["montant"]
    kept = hearing.settle(dossier, "retenu", montant=1_500_000, motif="Le reliquat arrive.")
    assert kept["montant"] == 1_500_000


def test_only_whoever_presides_or_writes_for_her_decides(
    hearing: Hearing, counter: Counter
) -> None:
    hearing.open()
    hearing.begin(counter.dossier)
    with pytest.raises(DecisionRefused, match="n’est pas clos"):
        hearing.settle(counter.dossier, "retenu")
    hearing.close(counter.dossier)
    member = hearing.members()[1]
    hearing.by = hearing.siege(member.id)  # ty: ignore[invalid-assignment]
    with pytest.raises(DecisionRefused, match="qui préside"):
        hearing.settle(counter.dossier, "ajourne", motif="À revoir.")


def test_a_vote_is_of_a_voice_that_is_in_the_room(hearing: Hearing, counter: Counter) -> None:
    first, absent, *_ = [each.id for each in hearing.members()]
    hearing.open(first)
    hearing.begin(counter.dossier)
    with pytest.raises(VoteNotAllowed, match="ni présent, ni représenté"):
        hearing.vote(counter.dossier, absent, "favorable")
