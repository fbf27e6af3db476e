"""A consultation: three asked at least, offers sealed until they are opened, one chosen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text

from grants.comites.tables import Comite, Membre
from grants.dla.consultation.choosing import chosen_of
from grants.dla.consultation.comparison import compared
from grants.dla.consultation.errors import (
    AlreadyConsulting,
    AlreadyOpened,
    AlreadySent,
    ConsultationOver,
    NoConsultationHere,
    NothingToOpen,
    NotToChoose,
    OfferTampered,
    Sealed,
    TooLateToOffer,
    TooSoonToOpen,
)
from grants.dla.consultation.opening import open_offers
from grants.dla.consultation.sealed import opened_cv, opened_offers, own_offer
from grants.dla.consultation.sending import send_consultation
from grants.dla.consultation.tables import Offre
from grants.dla.missions.tables import Mission
from grants.dossiers.advance import Demand, advance
from grants.dossiers.reading import read_subject
from notifications.courrier_table import Courrier
from tests.builders.consultations import Consulting
from tests.builders.offices import Office
from workflow.database import Database, table_of
from workflow.errors import Invalid, NotFound

_M, _F, _L = table_of(Mission), table_of(Offre), table_of(Courrier)


def journal(database: Database) -> str:
    """Everything that any journal holds, as text."""
    with database.reading() as session:
        rows = session.connection().execute(text("SELECT content FROM journal_payload")).scalars()
        return "\n".join(map(str, rows))


def letters(database: Database) -> list[tuple[str, str]]:
    """(letter, to whom) of everything that was put in the outbox, in order."""
    with database.reading() as session:
        query = select(_L.c.letter, _L.c.recipient_name).order_by(_L.c.id)
        found = session.connection().execute(query)
        return [(row.letter, row.recipient_name) for row in found]


def test_three_at_least_are_asked_with_what_and_until_when(consulting: Consulting) -> None:
    consulting.prepare(2)
    with pytest.raises(Invalid) as refused, consulting.database.unit_of_work() as session:
        send_consultation(
            session, consulting.engine, consulting.identity, consulting.id, consulting.now
        )
    assert refused.value.faults == {
        "prestataires": "2 prestataires : il en faut au moins 3, choisissez-en 1 de plus."
    }
    with pytest.raises(Invalid) as refused:
        consulting.change(echeance="2026-01-01T10:00", poids_prix="50")
    assert refused.value.faults["echeance"].startswith("Cette échéance est passée")
    with pytest.raises(Invalid) as refused:
        consulting.change(poids_prix="50")
    assert refused.value.faults == {"poids_prix": "Les poids font 110 ensemble : il en faut 100."}


def test_the_cahier_des_charges_is_written_from_the_dossier_and_fixed_once_sent(
    consulting: Consulting,
) -> None:
    consulting.prepare()
    text = consulting.standing().row["cahier"]
    assert "Structure : Essai dla_individuel, Nice." in text
    assert "**Besoins prioritaires :** Besoins" in text
    assert "**Jours d’intervention prévus :** 5" in text
    consulting.send()
    with pytest.raises(AlreadySent):
        consulting.change(cahier="Autre chose")
    with pytest.raises(AlreadyConsulting):
        consulting.begin()
    assert letters(consulting.database)[-3:] == [
        ("consultation", f"Camille {letter}") for letter in "ABC"
    ]


def test_whoever_sits_in_a_comite_is_not_asked(consulting: Consulting) -> None:
    consulting.prepare()
    with consulting.database.unit_of_work() as session:
        connection = session.connection()
        comite = connection.execute(select(table_of(Comite).c.id)).scalars().first()
        asked = consulting.standing().asked[0]
        connection.execute(
            table_of(Membre)
            .insert()
            .values(
                organisme_id=consulting.identity.organisme_id,
                comite_id=comite,
                personne_id=asked.personne_id,
                structure="",
                college="Associations",
                voix="deliberative",
                debut=consulting.now.date(),
                seq=0,
                head="",
            )
        )
    with pytest.raises(Invalid) as refused:
        consulting.send()
    assert refused.value.faults["prestataires"].startswith("Camille A (Cabinet A) siège au comité")
    consulting.asked = consulting.asked[:2]
    with pytest.raises(Invalid):
        consulting.ask()


def test_nobody_reads_an_offer_before_the_opening_not_even_in_the_journal(
    consulting: Consulting,
) -> None:
    consulting.prepare().send()
    consulting.offer(0, methode="Une méthode jamais vue.", cout_ttc="3 641")
    standing = consulting.standing()
    with consulting.database.reading() as session:
        connection = session.connection()
        with pytest.raises(Sealed):
            opened_offers(connection, standing.row)
        with pytest.raises(Sealed):
            compared(connection, standing.row)
        offre_id = standing.asked[0].offre_id
        assert offre_id is not None
        with pytest.raises(Sealed):
            opened_cv(connection, standing.row, offre_id)
        mine = own_offer(connection, standing.asked[0].id)
    assert mine is not None
    assert mine.methode == "Une méthode jamais vue."
    told = journal(consulting.database)
    assert mine.empreinte in told
    assert "jamais vue" not in told
    assert "364100" not in told
    assert mine.sel not in told
    consulting.decline(1)
    consulting.decline(2)
    consulting.open()
    told = journal(consulting.database)
    assert "jamais vue" in told
    assert mine.sel in told


def test_an_offer_may_be_changed_until_the_deadline_and_never_after(
    consulting: Consulting,
) -> None:
    consulting.prepare().send()
    consulting.offer(0)
    consulting.offer(0, jours="6", cout_ht="5 000", cout_ttc="6 000")
    consulting.offer(1)
    with pytest.raises(Invalid) as refused:
        consulting.offer(1, cout_ht="4 000", cout_ttc="3 999,99")
    assert refused.value.faults.keys() == {"cout_ttc"}
    with pytest.raises(Invalid) as refused:
        consulting.offer(1, jours="0", cout_ht="", methode="")
    assert refused.value.faults.keys() == {"jours", "cout_ht", "methode"}
    with pytest.raises(TooSoonToOpen):
        consulting.open()
    consulting.now += timedelta(days=14)
    with pytest.raises(TooLateToOffer, match="n’est pas enregistrée"):
        consulting.offer(2)
    consulting.open()
    with pytest.raises(AlreadyOpened):
        consulting.offer(0)
    with pytest.raises(AlreadyOpened):
        consulting.open()
    found = {each.prestataire: (each.jours, each.cout_ttc) for each in consulting.offers()}
    assert found == {"Cabinet A": (600, 600_000), "Cabinet B": (470, 364_100)}


def test_an_offer_changed_behind_everybody_s_back_is_not_opened(consulting: Consulting) -> None:
    consulting.prepare().send()
    for rank in range(3):
        consulting.offer(rank)
    with consulting.database.unit_of_work() as session:
        session.connection().execute(_F.update().values(cout_ttc=364_099))
    with pytest.raises(OfferTampered):
        consulting.open()
    assert consulting.standing().state == "envoyee"


def test_offers_are_compared_on_weighted_marks_the_price_by_rule(consulting: Consulting) -> None:
    consulting.prepare().send()
    consulting.offer(0, cout_ht="4 000", cout_ttc="4 800")
    consulting.offer(1, cout_ht="3 000", cout_ttc="3 600")
    consulting.decline(2, "Trop loin")
    consulting.open().mark_all()
    with consulting.database.reading() as session:
        first, second = compared(session.connection(), consulting.standing().row)
    assert (first.offer.prestataire, first.best, second.best) == ("Cabinet B", True, False)
    # 40 × 5 + 30 × 4 + 20 × 3 + 10 × 5 = 430, out of 500.
    assert (first.marks["prix"], first.total) == (500, 8600)
    # 5 × 3 600 / 4 800 = 3,75; 40 × 3,75 + 230 = 380.
    assert (second.marks["prix"], second.total) == (375, 7600)


def test_the_choice_entrusts_the_mission_moves_the_dossier_and_writes_to_all(
    consulting: Consulting,
) -> None:
    assert consulting.entrust() == "ingenierie"
    with consulting.database.reading() as session:
        connection = session.connection()
        about = (connection, consulting.engine, consulting.identity.organisme_id)
        subject = read_subject(*about, consulting.dossier, lock=False)
        mission = connection.execute(select(*_M.c)).mappings().one()
    assert {
        key: subject.values[key] for key in ("prestataire", "cout_mission", "jours_mission")
    } == {
        "prestataire": "Cabinet A",
        "cout_mission": 364_100,
        "jours_mission": 470,
    }
    assert (subject.values["prestataires_consultes"], subject.values["offres_recues"]) == (3, 2)
    assert (mission["numero"], mission["cout_ttc"], mission["jours"]) == (1, 364_100, 470)
    assert letters(consulting.database)[-2:] == [
        ("offre_retenue", "Camille A"),
        ("offre_non_retenue", "Camille B"),
    ]


def test_a_choice_owes_its_reason_and_is_made_once(consulting: Consulting) -> None:
    consulting.prepare().send()
    for rank in range(3):
        consulting.offer(rank)
    consulting.open()
    with pytest.raises(Invalid) as refused:
        consulting.choose(0, motif=" ")
    assert refused.value.faults.keys() == {"motif"}
    assert consulting.standing().state == "ouverte"
    consulting.choose(0)
    with pytest.raises(NotToChoose):
        consulting.choose(1)


def test_two_choices_at_once_entrust_one_mission(consulting: Consulting) -> None:
    consulting.prepare().send()
    for rank in range(3):
        consulting.offer(rank)
    consulting.open()
    gate = Barrier(2)

    def choose(rank: int) -> str:
        gate.wait()
        try:
            return consulting.choose(rank)
        except NotToChoose:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(choose, (0, 1)))
    assert ends == ["ingenierie", "refused"]
    with consulting.database.reading() as session:
        assert len(session.connection().execute(select(_M.c.id)).all()) == 1


def test_an_offer_and_the_opening_at_once_have_one_outcome(consulting: Consulting) -> None:
    consulting.prepare().send()
    consulting.offer(0)
    consulting.decline(1)
    consulting.decline(2)
    gate = Barrier(2)

    def change(_: int) -> str:
        gate.wait()
        try:
            consulting.offer(0, cout_ht="9 000", cout_ttc="9 000")
        except AlreadyOpened:
            return "too late"
        return "changed"

    def opening(_: int) -> str:
        gate.wait()
        consulting.open()
        return "opened"

    with ThreadPoolExecutor(2) as pool:
        ends = [each.result() for each in [pool.submit(change, 0), pool.submit(opening, 0)]]
    (offer,) = consulting.offers()
    assert offer.cout_ttc == (900_000 if ends[0] == "changed" else 364_100)
    assert str(offer.cout_ttc) in journal(consulting.database)


def test_a_consultation_without_offer_is_given_up_and_another_begins(
    consulting: Consulting,
) -> None:
    consulting.prepare().send()
    for rank in range(3):
        consulting.decline(rank)
    with pytest.raises(NothingToOpen):
        consulting.open()
    consulting.give_up("Personne n’est disponible.")
    with pytest.raises(ConsultationOver):
        consulting.offer(0)
    first = consulting.id
    assert consulting.begin() > first


def test_more_time_is_given_to_all_and_told_to_them(consulting: Consulting) -> None:
    consulting.prepare().send()
    consulting.decline(0)
    with pytest.raises(Invalid):
        consulting.postpone(consulting.now)
    consulting.postpone(consulting.now + timedelta(days=30))
    assert letters(consulting.database)[-2:] == [
        ("consultation_repoussee", "Camille B"),
        ("consultation_repoussee", "Camille C"),
    ]
    consulting.now += timedelta(days=20)
    consulting.offer(1)


def test_a_prestataire_who_gives_up_leaves_the_place_to_another_consultation(
    consulting: Consulting,
) -> None:
    consulting.entrust()
    about = (consulting.identity.organisme_id, consulting.dossier)
    with consulting.database.reading() as session:
        assert chosen_of(session.connection(), *about) is not None
    demand = Demand(consulting.dossier, "reprendre_la_consultation", {}, "Le cabinet a fermé.")
    with consulting.database.unit_of_work() as session:
        advance(session, consulting.engine, consulting.identity, demand, consulting.now)
        assert chosen_of(session.connection(), *about) is None
    first = consulting.id
    assert consulting.begin() > first


def test_a_dossier_at_another_stage_consults_nobody(consulting: Consulting) -> None:
    consulting.entrust()
    with pytest.raises(NoConsultationHere):
        consulting.begin()


def test_another_organisme_sees_nothing_of_it(consulting: Consulting, other_office: Office) -> None:
    consulting.prepare().send()
    stranger = other_office.identity()
    with consulting.database.unit_of_work() as session, pytest.raises(NotFound):
        open_offers(session, consulting.engine, stranger, consulting.id, consulting.now)
