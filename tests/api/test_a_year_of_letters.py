"""A dossier taken through its whole life, with a real SMTP server that says what each received."""

from __future__ import annotations

from collections import Counter as Many
from collections.abc import Generator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.composition import default_engine
from api.mailing import transport_of
from api.settings import Settings
from notifications.courrier_table import Courrier
from tests.builders.living import Living
from tests.builders.offices import make_office
from tests.builders.reminders import somebody
from tests.builders.smtp import PostBox, smtp_server
from workflow.calendar import next_opening
from workflow.database import Database, table_of
from workflow.dates import to_paris

REMINDERS = {
    "relance_contact",
    "relance_pieces",
    "rappel_rendez_vous",
    "rappel_invitation_cts",
    "relance_convention",
    "demande_bilan_intermediaire",
    "demande_bilan_final",
    "questionnaire_satisfaction",
}


@pytest.fixture
def box() -> PostBox:
    """What the server receives."""
    return PostBox()


@pytest.fixture
def living(sqlite_url: str, tmp_path: Path, box: PostBox) -> Generator[Living]:
    """An office whose letters go to that server."""
    database = Database(sqlite_url)
    with smtp_server(box) as port:
        settings = Settings.model_validate(
            {
                "data_folder": tmp_path,
                "database_url": sqlite_url,
                "secret": "s" * 40,
                "mail_transport": "smtp",
                "smtp_host": "127.0.0.1",
                "smtp_port": port,
                "smtp_security": "aucune",
                "mail_sender": "courrier@aide34.example",
                "mail_per_minute": 1000,
            }
        )
        with database.unit_of_work() as session:
            office = make_office(session)
        yield Living(
            database, default_engine(), office, settings=settings, transport=transport_of(settings)
        )
    database.dispose()


def received(box: PostBox) -> list[tuple[datetime, str, str]]:
    """(when, to whom, what) of each message, in the order in which they came."""
    return [
        (
            parsedate_to_datetime(str(each.message["Date"])).astimezone(UTC),
            each.recipients[0],
            str(each.message["Subject"]),
        )
        for each in box.received
    ]


def test_a_dossier_lives_and_whoever_carries_it_reads_what_is_expected(
    living: Living, box: PostBox
) -> None:
    ana = somebody(living, email="ana@porteur.example")
    other = living.open(porteur_id=ana, values={"titre": "Un café associatif"})
    living.take_to_end_of(ana)
    letters = sent(living)
    came = received(box)
    assert len(came) == len(letters)
    # The members of the comité have theirs.
    letters = [each for each in letters if each["subject_kind"] == "dossier"]
    hers = [each for each in came if not each[1].endswith("@comite.example")]
    assert [each[1] for each in hers] == ["ana@porteur.example"] * len(letters)
    keys = [each["letter"] for each in letters if each["subject_id"] != other]
    assert letters[0]["letter"] == "relance_contact"
    story = [
        *("confirmation_rendez_vous", "rappel_rendez_vous", "entree_accompagnement"),
        *("relance_pieces", "invitation_cts", "rappel_invitation_cts", "notification_accord"),
        *("envoi_convention", "demande_bilan_intermediaire", "demande_bilan_final"),
        *("accuse_bilan", "notification_solde", "questionnaire_satisfaction"),
    ]
    firsts = [keys.index(key) for key in story]
    assert firsts == sorted(firsts), keys
    by_day = Many(to_paris(each["sent_at"]).date() for each in letters if each["reminder"])
    assert set(by_day.values()) == {1}
    for each in letters:
        if each["reminder"]:
            assert next_opening(each["sent_at"]) == each["sent_at"]
            assert each["letter"] in REMINDERS
    # Both dossiers are due together at first: one letter speaks of the two.
    first = text_of(box.received[0].message)
    assert "café associatif" in first
    assert "jardin partagé" in first
    assert len({each.message_id for each in box.received}) == len(box.received)


def sent(living: Living) -> list[dict[str, Any]]:
    table = table_of(Courrier)
    query = select(*table.c).where(table.c.state == "envoye").order_by(table.c.sent_at, table.c.id)
    with living.database.reading() as session:
        return [dict(row) for row in session.connection().execute(query).mappings()]


def text_of(message: Any) -> str:
    body = message.get_body(("plain",))
    return "" if body is None else body.get_content()
