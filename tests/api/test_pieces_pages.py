"""The pièces by their pages: what is sent, what is refused, what is given back, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from api.settings import Settings
from grants.dossiers.pieces.storage import Storage
from grants.dossiers.pieces.tables import Fichier
from grants.organisation.roles import ASSISTANT, CHARGE_DE_MISSION
from tests.builders.documents import HTML, PNG, SVG, docx, pdf
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.visitors import Answer, Visitor
from workflow.database import Database, table_of

MEGABYTE = 1024 * 1024
_F = table_of(Fichier)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """An installation that accepts two megabytes a file."""
    secret: Any = "secret de test, assez long pour sceller"
    return Settings(
        data_folder=tmp_path, database_url=database_url, secret=secret, file_megabytes=2
    )


@pytest.fixture
def dossier(counter: Counter) -> int:
    return counter.take_to("accompagnement")


def send(visitor: Visitor, dossier: int, *files: tuple[str, bytes], piece: str = "rib") -> Answer:
    url = f"/dossiers/{dossier}/pieces/{piece}/fichiers"
    sent = [("fichiers", (name, content)) for name, content in files]
    return visitor.client.post(url, data={"csrf_token": visitor.token()}, files=sent)


def newest(database: Database) -> int:
    with database.reading() as session:
        return session.connection().execute(select(func.max(_F.c.id))).scalar_one()


def count(database: Database) -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(_F)
        return session.connection().execute(query).scalar_one()


def left(settings: Settings) -> list[Path]:
    return [path for path in settings.files_folder.rglob("*") if path.is_file()]


def test_several_files_at_once_are_kept_and_told(
    charge: Visitor, dossier: int, database: Database, settings: Settings
) -> None:
    answer = send(charge, dossier, ("rib.pdf", pdf(2)), ("verso.png", PNG))
    assert answer.headers["location"] == f"/dossiers/{dossier}#piece-rib"
    shown = charge.get(f"/dossiers/{dossier}").text
    assert "2 fichiers ajoutés à «" in shown
    assert "PDF, 2 pages" in shown
    assert count(database) == len(left(settings)) == 2


def test_each_refused_file_has_its_sentence_and_the_others_are_kept(
    charge: Visitor, dossier: int, database: Database, settings: Settings
) -> None:
    answer = send(charge, dossier, ("rib.pdf", pdf()), ("logo.pdf", SVG), ("page.pdf", HTML))
    assert answer.status_code == 422
    for told in ("logo.pdf", "page.pdf", "Ce n’est ni un PDF", "1 fichier ajouté"):
        assert told in answer.text
    assert count(database) == len(left(settings)) == 1


def test_the_same_file_again_is_told_where_it_is(
    charge: Visitor, dossier: int, database: Database, settings: Settings
) -> None:
    send(charge, dossier, ("rib.pdf", pdf()))
    send(charge, dossier, ("copie.pdf", pdf()))
    assert "Ce fichier est déjà là" in charge.get(f"/dossiers/{dossier}").text
    send(charge, dossier, ("devis.pdf", pdf()), piece="devis")
    assert (count(database), len(left(settings))) == (2, 1)


def test_nothing_chosen_and_too_many_are_told_beside_the_field(
    charge: Visitor, dossier: int, database: Database
) -> None:
    url = f"/dossiers/{dossier}/pieces/rib/fichiers"
    fields = {"csrf_token": (None, charge.token())}
    answer = charge.client.post(url, files=fields)
    assert answer.status_code == 422
    assert "Choisissez d’abord un fichier." in answer.text
    many = [(f"{n}.pdf", pdf(mark=f"{n}")) for n in range(21)]
    assert "20 fichiers au plus à la fois" in send(charge, dossier, *many).text
    assert count(database) == 0


def test_a_file_too_heavy_is_told_and_never_written_whole(
    charge: Visitor, dossier: int, settings: Settings
) -> None:
    answer = send(charge, dossier, ("gros.pdf", pdf() + bytes(3 * MEGABYTE)))
    assert answer.status_code == 422
    assert "Ce fichier dépasse 2" in answer.text
    assert left(settings) == []


def test_a_sending_too_heavy_is_refused_before_it_is_read(
    charge: Visitor, dossier: int, settings: Settings
) -> None:
    answer = send(charge, dossier, ("gros.pdf", bytes(11 * MEGABYTE)))
    assert answer.status_code == 413
    assert "L’envoi dépasse 10 Mo en tout" in answer.text
    assert left(settings) == []


def test_an_upload_cut_half_way_leaves_nothing(
    charge: Visitor, dossier: int, database: Database, settings: Settings
) -> None:
    token = charge.token()
    body = (
        f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        '--b\r\nContent-Disposition: form-data; name="fichiers"; filename="a.pdf"\r\n\r\n'
    ).encode() + pdf()
    url = f"/dossiers/{dossier}/pieces/rib/fichiers"
    answer = charge.send(url, body, "multipart/form-data; boundary=b")
    assert answer.status_code == 422
    assert count(database) == 0
    assert left(settings) == []
    assert charge.send(url, body + b"\r\n--b--\r\n", "multipart/form-data; boundary=b").is_redirect


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a\x00b.pdf", "ligne\r\nSet-Cookie: a=b.pdf", "é" * 300, "\u202efdp.exe"],
)
def test_a_strange_name_is_only_shown(
    charge: Visitor, dossier: int, database: Database, settings: Settings, name: str
) -> None:
    answer = send(charge, dossier, (name, pdf()))
    assert answer.status_code in (303, 422)
    for path in left(settings):
        assert path.parent.parent == settings.files_folder
        assert len(path.name) == 32
    if answer.status_code == 303:
        given = charge.get(f"/dossiers/{dossier}/fichiers/{newest(database)}")
        assert "set-cookie" not in given.headers
        assert given.headers["content-disposition"].startswith("attachment; filename=")
        assert len(given.headers["content-disposition"]) < 1200


def test_a_file_is_given_back_as_it_came_and_runs_nothing(
    charge: Visitor, dossier: int, database: Database
) -> None:
    content = pdf(3)
    send(charge, dossier, ("Relevé d’identité.pdf", content))
    url = f"/dossiers/{dossier}/fichiers/{newest(database)}"
    given = charge.get(url)
    assert given.content == content
    assert given.headers["content-type"] == "application/pdf"
    disposition = given.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="Relev_ d_identit_.pdf"')
    assert "filename*=UTF-8''Relev%C3%A9%20d%E2%80%99identit%C3%A9.pdf" in disposition
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["content-security-policy"].endswith("sandbox")
    shown = charge.get(f"{url}/contenu")
    assert shown.headers["content-disposition"].startswith("inline")
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    page = charge.get(f"{url}/apercu")
    assert "<iframe" in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]


def test_an_office_document_is_only_downloaded(
    charge: Visitor, dossier: int, database: Database
) -> None:
    send(charge, dossier, ("budget.docx", docx()))
    url = f"/dossiers/{dossier}/fichiers/{newest(database)}"
    assert charge.get(url).status_code == 200
    assert charge.get(f"{url}/contenu").status_code == 404
    assert charge.get(f"{url}/apercu").status_code == 404


def test_a_file_lost_by_the_disk_is_told(
    charge: Visitor, dossier: int, database: Database, settings: Settings
) -> None:
    send(charge, dossier, ("rib.pdf", pdf()))
    for name in list(Storage(settings.files_folder).names()):
        Storage(settings.files_folder).drop(name)
    answer = charge.get(f"/dossiers/{dossier}/fichiers/{newest(database)}")
    assert answer.status_code == 503
    assert "Ce fichier n’est plus sur le disque" in answer.text


@pytest.mark.parametrize("role", [ASSISTANT, CHARGE_DE_MISSION])
def test_who_writes_may_judge(
    app: FastAPI, office: Office, dossier: int, role: str, database: Database
) -> None:
    visitor = Visitor(app).enter(office.people[role], office.id)
    send(visitor, dossier, ("rib.pdf", pdf()))
    here = f"/dossiers/{dossier}/pieces/rib"
    assert visitor.post(f"{here}/correction", {"motif": "illisible"}).is_redirect
    assert "Illisible" in visitor.get(f"/dossiers/{dossier}").text
    assert visitor.post(f"{here}/validation").is_redirect
    assert visitor.post(f"/dossiers/{dossier}/fichiers/{newest(database)}/retirer").is_redirect
    answer = visitor.post(f"{here}/validation")
    assert answer.status_code == 409
    assert "ajoutez-en un d’abord" in answer.text


def test_bad_judgements_are_told_beside_their_field(charge: Visitor, dossier: int) -> None:
    send(charge, dossier, ("avis.pdf", pdf()), piece="avis_siren")
    here = f"/dossiers/{dossier}/pieces/avis_siren"
    wrong: list[tuple[str, dict[str, str], str]] = [
        ("validation", {"date_document": "31/02/2026"}, "Cette date n’existe pas"),
        ("validation", {}, "Indiquez la date du document"),
        ("correction", {"motif": "autre"}, "Choisissez ce qui ne convient pas"),
        ("correction", {"motif": "illisible", "commentaire": "a\u202eb"}, "sens de lecture"),
        ("validation", {"inconnu": "x"}, "ne demande pas"),
    ]
    for way, form, sentence in wrong:
        answer = charge.post(f"{here}/{way}", form)
        assert answer.status_code == 422, way
        assert sentence in answer.text
    stale = charge.post(f"{here}/correction", {"motif": "illisible", "lock_version": "1"})
    assert stale.status_code == 409


def test_the_lecteur_downloads_and_nothing_else(
    charge: Visitor, lecteur: Visitor, dossier: int, database: Database
) -> None:
    send(charge, dossier, ("rib.pdf", pdf()))
    url = f"/dossiers/{dossier}/fichiers/{newest(database)}"
    assert lecteur.get(url).status_code == 200
    assert send(lecteur, dossier, ("rib.pdf", pdf())).status_code == 403


def test_another_organisme_finds_nothing(
    new_visitor: Callable[..., Visitor],
    charge: Visitor,
    other_office: Office,
    dossier: int,
    database: Database,
) -> None:
    send(charge, dossier, ("rib.pdf", pdf()))
    stranger = new_visitor().enter(other_office.people["direction"], other_office.id)
    url = f"/dossiers/{dossier}/fichiers/{newest(database)}"
    for each in (url, f"{url}/contenu", f"{url}/apercu"):
        assert stranger.get(each).status_code == 404
    assert send(stranger, dossier, ("rib.pdf", pdf())).status_code == 404


def test_a_sending_whose_rows_fail_leaves_no_file(
    charge: Visitor, dossier: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("api.pages.pieces.hand_in", fail)
    assert send(charge, dossier, ("rib.pdf", pdf())).status_code == 500
    assert left(settings) == []
