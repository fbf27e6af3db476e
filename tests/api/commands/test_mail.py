"""`mail`: a trial message, how the sending goes, what came back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from api.house import utc_now
from notifications.cadence import rest
from tests.builders.commands import Run
from tests.builders.courriers import frozen_row, put, read
from tests.builders.smtp import PostBox, smtp_server
from tests.notifications.test_bounces import notice
from workflow.database import Database


def test_a_trial_message_goes_to_the_folder_and_says_where(run: Run, url: str) -> None:
    code, said = run("mail", "test", "anne@example.org")
    assert code == 0
    assert "Rien n'a quitté cette machine" in said
    assert Path(said.split(" : ")[-1].strip()).read_bytes().startswith(b"From: Microprojets")


@pytest.mark.parametrize("address", ["pas une adresse", "a@b.fr, c@d.fr"])
def test_what_is_no_address_is_told(run: Run, url: str, address: str) -> None:
    code, said = run("mail", "test", address)
    assert code == 1
    assert said.startswith(f"« {address} » n'est pas une adresse")


@pytest.mark.parametrize("refused", [False, True])
def test_a_trial_message_tells_what_the_server_answered(
    run: Run, url: str, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    box = PostBox()
    if refused:
        box.answers["anne@example.org"] = ["550 5.1.1 No such user"]
    with smtp_server(box) as port:
        for name, value in (
            ("COURRIER", "smtp"),
            ("COURRIER_EXPEDITEUR", "courrier@aide34.example"),
            ("SMTP_HOTE", "127.0.0.1"),
            ("SMTP_PORT", str(port)),
            ("SMTP_SECURITE", "aucune"),
        ):
            monkeypatch.setenv(f"MICROPROJETS_{name}", value)
        code, said = run("mail", "test", "anne@example.org")
    assert code == refused
    assert ("Refusé pour de bon : 550 5.1.1" if refused else "Accepté : 250") in said
    assert len(box.received) == (not refused)


def test_how_the_sending_goes_is_told_and_its_failure_is_a_failure(
    run: Run, database: Database
) -> None:
    code, said = run("mail", "etat")
    assert code == 0
    assert "À envoyer : 0" in said
    now = utc_now()
    put(database, frozen_row(1, due_at=now - timedelta(minutes=1)))
    with database.unit_of_work() as session:
        rest(session.connection(), "smtp.exemple.fr:587 ne répond pas à temps", now)
    code, said = run("mail", "etat")
    assert code == 1
    assert "À envoyer : 1, le plus ancien depuis le" in said
    assert "(1 fois) : smtp.exemple.fr:587 ne répond pas à temps" in said


def test_what_came_back_is_noted_from_files(run: Run, database: Database, tmp_path: Path) -> None:
    (id,) = put(database, frozen_row(1, state="envoye", sent_at=utc_now(), subject_id=1))
    files = [tmp_path / name for name in ("avis.eml", "encore.eml", "autre.eml")]
    for path in files[:2]:
        path.write_bytes(notice(read(database, id)["message_id"]))
    files[2].write_text("Bonjour")
    code, said = run("mail", "rebonds", *files)
    assert code == 0
    assert said == "1 courrier revenu, noté\n1 déjà noté\n1 sans avis de non-remise\n"
    assert read(database, id)["state"] == "echec"
    with database.reading() as session:
        query = text("SELECT reason FROM adresse_suspendue")
        assert session.connection().execute(query).scalar_one() == "rebond"
    assert run("journal", "verify")[0] == 0


def test_a_file_that_is_not_there_is_told(run: Run, database: Database, tmp_path: Path) -> None:
    code, said = run("mail", "rebonds", tmp_path / "rien.eml")
    assert code == 1
    assert said.startswith("Ce fichier ou son dossier n'existe pas")
