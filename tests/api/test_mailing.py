"""Letters from a move to a file: written, sent, told in the journal; what a colleague does."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from api.composition import default_engine
from api.mailing import LetterTick, mailroom_of
from api.settings import Settings
from grants.dossiers.advance import Demand, advance
from grants.dossiers.opening import Opening, open_dossier
from grants.dossiers.taches.queries import tasks_of_dossier
from grants.organisation.identity import Identity, ReadOnly
from grants.organisation.people import find_or_create_personne
from grants.relances import adresses, envois
from grants.relances.envois import Choice
from notifications import desk
from notifications.courrier_table import Courrier
from notifications.desk import LetterChanged, LetterIncomplete, TooLate
from notifications.suspensions import RAPPELS, Suspension, suspension_of
from notifications.template_versions import save_version
from tests.builders.courriers import Hands
from tests.builders.offices import NOW, Office, make_office
from workflow.database import Database, table_of
from workflow.errors import NotFound, Stale
from workflow.journal_reading import lines_of

_M = table_of(Courrier)


@dataclass
class Bureau:
    """An organisme with one dossier, whose letters go to a folder."""

    database: Database
    office: Office
    dossier: int
    settings: Settings
    hands: Hands

    @property
    def identity(self) -> Identity:
        return self.office.identity()

    @property
    def room(self) -> envois.Mailroom:
        return mailroom_of(self.settings, default_engine())

    def tick(self) -> int:
        engine = default_engine()
        return LetterTick(self.settings, self.database, engine, self.hands)(self.hands.now)

    def move(self, action: str, reason: str | None = None, **answers: str) -> None:
        demand = Demand(self.dossier, action, answers, reason)
        with self.database.unit_of_work() as session:
            advance(session, default_engine(), self.identity, demand, self.hands.now)

    def letters(self) -> list[dict[str, Any]]:
        with self.database.reading() as session:
            query = select(_M).order_by(_M.c.id)
            return [dict(row) for row in session.connection().execute(query).mappings()]

    def journal(self) -> list[str]:
        with self.database.reading() as session:
            return [each.event for each in lines_of(session.connection(), "dossier", self.dossier)]

    def tasks(self) -> list[str]:
        with self.database.reading() as session:
            found = tasks_of_dossier(session.connection(), self.dossier)
        return [each.titre for each in found]

    def do(self, what: Any, choice: Choice, identity: Identity | None = None) -> Any:
        with self.database.unit_of_work() as session:
            return what(session, self.room, identity or self.identity, choice, self.hands.now)

    def files(self) -> list[Path]:
        return sorted(self.settings.mail_folder.glob("*.eml"))


@pytest.fixture
def bureau(database_url: str, tmp_path: Path) -> Generator[Bureau]:
    database = Database(database_url)
    with database.unit_of_work() as session:
        office = make_office(session)
        anne = find_or_create_personne(
            session, office.identity(), "Anne Essai", "anne@example.org", None, NOW
        )
        opening = Opening(
            "microprojets",
            NOW.date(),
            anne.id,
            referent_id=office.people["charge_de_mission"].id,
            values={"titre": "Jardin"},
        )
        dossier = open_dossier(session, default_engine(), office.identity(), opening, NOW)
        known = text("UPDATE organisme SET telephone = '+33465710012', email = 'c@aide34.example'")
        session.connection().execute(known)
        session.connection().execute(text("UPDATE personne SET civilite = 'madame'"))
    settings = Settings(data_folder=tmp_path, database_url=database_url, secret="s" * 40)
    yield Bureau(database, office, dossier.id, settings, Hands(NOW))
    database.dispose()


def accueillir(bureau: Bureau) -> None:
    answers = {"rendez_vous": "2026-05-04T10:30", "lieu_rendez_vous": "12 rue des Lilas"}
    bureau.move("accueillir", **answers)


def test_a_move_s_letter_is_written_sent_and_told_in_the_journal(bureau: Bureau) -> None:
    accueillir(bureau)
    assert bureau.tick() == 1
    assert bureau.tick() == 0

    (path,) = bureau.files()
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["To"] == "Anne Essai <anne@example.org>"
    assert "Reply-To" in message
    body = message.get_body(("plain",))
    assert body is not None
    assert "12 rue des Lilas" in body.get_content()
    assert any(part.get_content_type() == "text/calendar" for part in message.iter_attachments())
    (row,) = bureau.letters()
    assert (row["state"], row["sent_at"]) == ("envoye", NOW)
    assert bureau.journal()[0] == "courrier_envoye"
    assert bureau.tasks() == []


def test_a_letter_that_lacks_a_value_waits_with_a_tache_and_is_completed(bureau: Bureau) -> None:
    source = "Objet : Rendez-vous\n\nBonjour,\n\nNotre site : {{ organisme.site }}\n"
    with bureau.database.unit_of_work() as session:
        save_version(
            session.connection(),
            bureau.office.id,
            "confirmation_rendez_vous",
            source,
            seen=0,
            author=(1, "Claire"),
            now=NOW,
        )
    accueillir(bureau)
    assert bureau.tick() == 0
    (row,) = bureau.letters()
    assert (row["state"], row["missing"]) == ("a_completer", "organisme.site")
    (task,) = bureau.tasks()
    assert task.startswith("Courrier à compléter")
    assert "il manque le site internet de l’organisme" in task
    with pytest.raises(LetterIncomplete, match="le site internet de l’organisme"):
        send(bureau, Choice(row["id"]))

    execute(bureau, "UPDATE organisme SET site = 'https://aide34.example'")
    bureau.do(envois.complete, Choice(row["id"], row["version"]))
    assert bureau.tick() == 1
    assert "aide34.example" in bureau.letters()[0]["body_text"]
    assert bureau.letters()[0]["template_id"] is not None


def test_a_decision_waits_for_a_person_who_sends_what_she_saw(bureau: Bureau) -> None:
    bureau.move("classer_sans_suite", "Projet abandonné")
    assert bureau.tick() == 0
    (row,) = bureau.letters()
    assert row["state"] == "a_valider", (row["missing"], row["answer"])
    with bureau.database.reading() as session:
        connection, tenant = session.connection(), bureau.office.id
        shown = desk.preview(connection, bureau.room.write, tenant, row["id"], NOW)
    assert shown.written is not None
    digest = shown.written.digest
    with pytest.raises(LetterChanged):
        send(bureau, Choice(row["id"], shown="0" * 64))
    with pytest.raises(ReadOnly):
        send(bureau, Choice(row["id"]), bureau.office.identity("lecteur"))
    with pytest.raises(Stale):
        send(bureau, Choice(row["id"], version=7))
    with pytest.raises(NotFound):
        send(bureau, Choice(row["id"] + 1))
    bureau.hands.forward(hours=3)  # the same day: the same letter
    send(bureau, Choice(row["id"], row["version"], digest))
    with pytest.raises(TooLate):
        send(bureau, Choice(row["id"]))
    (row,) = bureau.letters()
    assert (row["state"], row["digest"]) == ("pret", digest)
    assert row["validated_by"] == bureau.identity.nom
    assert bureau.tick() == 1


def test_a_letter_is_cancelled_sent_again_printed_and_posted(bureau: Bureau) -> None:
    accueillir(bureau)
    bureau.tick()
    (row,) = bureau.letters()
    with pytest.raises(TooLate):
        bureau.do(envois.cancel, Choice(row["id"]))
    again = bureau.do(envois.send_again, Choice(row["id"], row["version"]))
    assert again != row["id"]
    assert bureau.tick() == 1
    first, second = bureau.letters()
    assert first["digest"] == second["digest"]
    assert first["message_id"] != second["message_id"]

    bureau.move("classer_sans_suite", "Projet abandonné")
    bureau.tick()
    third = bureau.letters()[2]
    bureau.do(envois.cancel, Choice(third["id"], third["version"]))
    assert bureau.letters()[2]["state"] == "annule"
    events = bureau.journal()
    assert {"courrier_annule", "courrier_renvoye", "courrier_envoye"} <= {*events}


def test_what_failed_is_sent_again_to_the_address_of_today(bureau: Bureau) -> None:
    accueillir(bureau)
    bureau.tick()
    (row,) = bureau.letters()
    execute(bureau, "UPDATE courrier SET state = 'echec'")
    execute(bureau, "UPDATE personne SET email = 'anne.essai@example.org'")
    assert bureau.do(envois.send_again, Choice(row["id"], row["version"])) == row["id"]
    bureau.hands.forward(minutes=1)
    assert bureau.tick() == 1
    (after,) = bureau.letters()
    assert after["recipient_email"] == "anne.essai@example.org"
    assert after["message_id"] == row["message_id"]


def test_a_refused_letter_becomes_a_tache_for_the_referent(bureau: Bureau) -> None:
    accueillir(bureau)
    execute(bureau, "UPDATE courrier SET recipient_email = 'a@b.fr, c@d.fr'")
    assert bureau.tick() == 0
    (task,) = bureau.tasks()
    assert task.startswith("Courrier non remis à Anne Essai")
    assert {"courrier_en_echec", "tache_creee"} <= {*bureau.journal()}


def test_an_address_is_suspended_and_lifted_by_a_colleague(bureau: Bureau) -> None:
    asked = Suspension("anne@example.org", RAPPELS, "", NOW, "Claire")
    with bureau.database.unit_of_work() as session:
        assert adresses.suspend_address(session, bureau.identity, asked, NOW)
        assert not adresses.suspend_address(session, bureau.identity, asked, NOW)
        assert adresses.lift_suspension(session, bureau.identity, asked.email, NOW)
        connection = session.connection()
        assert suspension_of(connection, bureau.office.id, asked.email) is None
        (personne,) = connection.execute(text("SELECT id FROM personne")).scalars()
        events = [each.event for each in lines_of(connection, "personne", personne)]
    assert events[:2] == ["adresse_retablie", "adresse_suspendue"]
    with pytest.raises(ReadOnly), bureau.database.unit_of_work() as session:
        adresses.suspend_address(session, bureau.office.identity("lecteur"), asked, NOW)


def test_a_clock_that_waits_a_day_changes_the_date_that_was_shown(bureau: Bureau) -> None:
    bureau.move("classer_sans_suite", "Projet abandonné")
    bureau.tick()
    (row,) = bureau.letters()
    with bureau.database.reading() as session:
        connection, tenant = session.connection(), bureau.office.id
        first = desk.preview(connection, bureau.room.write, tenant, row["id"], NOW)
        soon = desk.preview(
            connection, bureau.room.write, tenant, row["id"], NOW + timedelta(hours=2)
        )
    assert first.written is not None
    assert soon.written is not None
    assert first.written.digest == soon.written.digest


def send(bureau: Bureau, choice: Choice, identity: Identity | None = None) -> None:
    who = identity or bureau.identity
    envois.send(bureau.database, bureau.room, who, choice, bureau.hands.now)


def execute(bureau: Bureau, statement: str) -> None:
    with bureau.database.unit_of_work() as session:
        session.connection().execute(text(statement))
