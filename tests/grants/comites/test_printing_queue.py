"""Minutes that cannot be printed: the others are, somebody is told, and they are tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from grants.comites.errors import PaperRefused
from grants.comites.minutes import minutes_row
from grants.comites.papiers import impression
from grants.comites.papiers.attente import print_at_once, print_waiting, unprinted
from grants.comites.papiers.impression import minutes_pdf
from grants.comites.tables import ProcesVerbal
from grants.dossiers.taches.tables import Tache
from notifications.papers import Paper
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing, hold
from workflow.database import table_of

_T, _PV = table_of(Tache), table_of(ProcesVerbal)


def validated(counter: Counter) -> Hearing:
    """Another séance held, closed and validated; its minutes wait for their PDF."""
    counter.dossier = 0
    counter.take_to("cts")
    verdicts = {counter.dossier: ("ajourne", None)}
    hearing = hold(counter.database, counter.engine, counter.charge, counter.seance, verdicts)
    hearing.do("clore")
    hearing.by = counter.office.identity()
    hearing.do("valider_pv")
    return hearing


def test_one_that_cannot_be_printed_holds_no_other_back(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = validated(counter), validated(counter)
    database, now = counter.database, other.now
    with database.unit_of_work() as session:
        broken = update(_PV).where(_PV.c.seance_id == stuck.seance)
        session.connection().execute(broken.values(valide_par="Illisible"))
    whole = impression.print_paper

    def jams(paper: Paper) -> bytes:
        if "Illisible" in str(paper.content):
            raise RuntimeError("la police ne se lit pas")
        return whole(paper)

    monkeypatch.setattr(impression, "print_paper", jams)
    organisme = counter.charge.organisme_id

    def tasks() -> list[tuple[str, bool]]:
        with database.reading() as session:
            rows = session.connection().execute(select(_T.c.titre, _T.c.faite_le))
            return [(r.titre, r.faite_le is None) for r in rows if "ne s’imprime pas" in r.titre]

    assert print_waiting(database, now) == 1, "the one behind it is printed"
    assert tasks() == [], "once may be a passing trouble"
    assert print_waiting(database, now) == 0, "it is not tried again at once"
    assert not print_at_once(database, organisme, stuck.seance, now + timedelta(minutes=1))
    ((title, waits),) = tasks()
    assert "Prévenir qui tient le logiciel" in title
    assert waits
    print_waiting(database, now + timedelta(minutes=10))
    assert len(tasks()) == 1
    with database.reading() as session:
        connection = session.connection()
        assert unprinted(connection) == (1, stuck.now)
        row = minutes_row(connection, stuck.seance)
        assert row is not None
        assert (row["essais"], row["echec"]) == (3, "RuntimeError : la police ne se lit pas")
        with pytest.raises(PaperRefused, match="un nouvel essai est prévu le"):
            minutes_pdf(connection, organisme, stuck.seance, now)
    monkeypatch.setattr(impression, "print_paper", whole)
    assert print_waiting(database, now + timedelta(hours=1)) == 1
    assert tasks() == [(title, False)], "nobody has to tell anybody any more"
    with database.reading() as session:
        assert unprinted(session.connection()) == (0, None)
