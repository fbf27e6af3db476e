"""A séance from its convening to its minutes, which its journal alone can give back."""

from __future__ import annotations

import json

import pytest

from grants.comites.instances import modify_comite
from grants.comites.minutes import digest_of, minutes_from, minutes_row, write_remarks
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from tests.builders.minutes import minutes_from_tables
from workflow.errors import Refused
from workflow.journal_reading import lines_of


def rebuilt(hearing: Hearing) -> dict[str, object]:
    with hearing.database.reading() as session:
        lines = lines_of(session.connection(), "seance", hearing.seance)
    return minutes_from(reversed(lines))


@pytest.mark.parametrize("secret", [False, True], ids=["named", "secret"])
def test_the_minutes_are_those_of_the_journal_and_of_the_tables(
    counter: Counter, secret: bool
) -> None:
    hearing = Hearing(counter.database, counter.engine, counter.charge, counter.seance)
    if secret:
        direction, comite = counter.office.identity(), hearing.read().row["comite_id"]
        with counter.database.unit_of_work() as session:
            modify_comite(session, direction, comite, {"scrutin": "secret"}, counter.now)
    hearing.convene()
    first, second, third, *_ = [each.id for each in hearing.members()]
    hearing.note(third, "represente", pouvoir_a_id=first)
    hearing.open(first, second)
    hearing.begin(counter.dossier)
    for member, choix in ((first, "favorable"), (second, "defavorable")):
        hearing.vote(counter.dossier, member, choix, own=True)
    hearing.close(counter.dossier)
    hearing.settle(
        counter.dossier, "retenu", montant=1_000_000, motif="À deux voix.", reserves=("Un devis",)
    )
    with hearing.database.unit_of_work() as session:
        write_remarks(session, hearing.by, hearing.seance, "Le comité remercie.", hearing.now)
    hearing.do("clore")
    by = hearing.by
    hearing.by = counter.office.identity()
    hearing.do("valider_pv")
    hearing.by = by
    with hearing.database.reading() as session:
        row = minutes_row(session.connection(), hearing.seance)
        assert row is not None
        told = minutes_from_tables(session.connection(), hearing.read())
    frozen = json.loads(row["donnees"])
    assert rebuilt(hearing) == frozen == told
    assert digest_of(frozen) == row["empreinte"]
    assert frozen["preside"] == hearing.members()[0].nom
    assert frozen["remarques"] == "Le comité remercie."


def test_minutes_wait_for_every_decision(hearing: Hearing, counter: Counter) -> None:
    hearing.open()
    hearing.begin(counter.dossier)
    hearing.vote(counter.dossier, hearing.members()[0].id, "favorable")
    with pytest.raises(Refused) as caught:
        hearing.do("clore")
    (refusal,) = caught.value.refusals
    assert refusal.message.endswith("le vote est encore ouvert.")
    hearing.close(counter.dossier)
    hearing.do("clore")
    hearing.by = counter.office.identity()
    with pytest.raises(Refused) as caught:
        hearing.do("valider_pv")
    assert "la décision est à confirmer" in caught.value.refusals[0].message
    hearing.settle(counter.dossier, "retenu")
    assert hearing.do("valider_pv").stage == "pv_valide"
