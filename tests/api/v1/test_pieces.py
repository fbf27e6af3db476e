"""Pièces by a program: handed in all or none, judged against their version, given back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.settings import Settings
from tests.builders.bearers import Program
from tests.builders.documents import HTML, PNG, SVG, pdf
from tests.builders.dossiers import Counter

MEGABYTE = 1024 * 1024


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """An installation that accepts two megabytes a file."""
    secret: Any = "secret de test, assez long pour sceller"
    return Settings(
        data_folder=tmp_path, database_url=database_url, secret=secret, file_megabytes=2
    )


@pytest.fixture
def rib(counter: Counter) -> str:
    """The address of a pièce."""
    return f"/dossiers/{counter.take_to('accompagnement')}/pieces/rib"


def hand_in(who: Program, piece: str, *files: tuple[str, bytes], **headers: str) -> Any:
    sent = [("fichiers", each) for each in files]
    return who.send("POST", f"{piece}/fichiers", sent, None, **headers)


def left(settings: Settings) -> list[Path]:
    return [path for path in settings.files_folder.rglob("*") if path.is_file()]


def test_files_are_handed_in_judged_and_given_back(
    charge_program: Program, rib: str, settings: Settings
) -> None:
    expected = charge_program.get(rib).json()
    assert (expected["etat"], expected["fichiers"]) == ("attendue", [])
    none_yet = charge_program.post(f"{rib}/validation", {}, if_match='"1"')
    assert (none_yet.status_code, none_yet.json()["code"]) == (409, "piece_attendue")

    kept = hand_in(charge_program, rib, ("rib.pdf", pdf(2)), ("verso.png", PNG))
    assert kept.status_code == 201, kept.text
    assert kept.json()["gardes"] == ["rib.pdf", "verso.png"]
    assert len(left(settings)) == 2
    read = charge_program.get(rib)
    first, second = read.json()["fichiers"]
    assert (first["type"], first["pages"], second["type"]) == ("application/pdf", 2, "image/png")
    given = charge_program.get(first["url"])
    assert given.content == pdf(2)
    assert given.headers["content-disposition"].startswith('attachment; filename="rib.pdf"')

    again = hand_in(charge_program, rib, ("copie.pdf", pdf(2))).json()
    assert (again["gardes"], again["deja_la"]) == ([], [{"nom": "copie.pdf", "deja": "rib.pdf"}])

    seen = read.headers["etag"]
    assert seen == f'"{read.json()["version"]}"'
    back = charge_program.post(f"{rib}/correction", {"motif": "illisible"}, if_match=seen)
    assert (back.status_code, back.json()["etat"]) == (200, "a_corriger")
    late = charge_program.post(f"{rib}/validation", {}, if_match=seen)
    assert (late.status_code, late.json()["code"]) == (412, "modifie_entre_temps")
    assert charge_program.post(f"{rib}/validation", {}).status_code == 428
    good = charge_program.post(f"{rib}/validation", {}, if_match=back.headers["etag"])
    assert good.json()["etat"] == "validee"

    withdrawn = charge_program.ask("DELETE", first["url"])
    assert [each["nom"] for each in withdrawn.json()["fichiers"]] == ["verso.png"]


def test_a_file_that_is_refused_keeps_the_others_out_and_each_has_its_sentence(
    charge_program: Program, rib: str, settings: Settings
) -> None:
    answer = hand_in(charge_program, rib, ("a.pdf", pdf()), ("b.pdf", SVG), ("c.pdf", HTML))
    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "fichiers_refuses")
    assert [each["nom"] for each in told["fichiers"]] == ["b.pdf", "c.pdf"]
    assert "Ce n’est ni un PDF" in told["champs"]["fichiers"]
    assert charge_program.get(rib).json()["fichiers"] == []
    assert left(settings) == []


def test_a_sending_made_again_under_its_key_is_answered_the_same(
    charge_program: Program, rib: str, settings: Settings
) -> None:
    first, again, other = (
        hand_in(charge_program, rib, ("rib.pdf", pdf(pages)), idempotency_key="remise-du-rib-1")
        for pages in (1, 1, 2)
    )
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert (again.headers["idempotency-replayed"], first.json()["gardes"]) == ("true", ["rib.pdf"])
    assert (other.status_code, other.json()["code"]) == (409, "cle_deja_utilisee")
    assert len(left(settings)) == 1


_CUT = b'--b\r\nContent-Disposition: form-data; name="fichiers"; filename="a.pdf"\r\n\r\n' + pdf()
_FIELD = b'--b\r\nContent-Disposition: form-data; name="titre"\r\n\r\nRIB\r\n' + _CUT
_IN_PARTS = "multipart/form-data; boundary=b"
BROKEN: dict[str, tuple[bytes, str, int]] = {
    "nothing": (b"", _IN_PARTS, 400),
    "cut half-way": (_CUT, _IN_PARTS, 400),
    "in JSON": (b'{"fichiers": "a.pdf"}', "application/json", 415),
    "without boundary": (_CUT, "multipart/form-data", 400),
    "a field besides": (_FIELD + b"\r\n--b--\r\n", _IN_PARTS, 422),
    "no file": (b"--b--\r\n", _IN_PARTS, 422),
    "too heavy in all": (bytes(11 * MEGABYTE), _IN_PARTS, 413),
    "too heavy": (_CUT + bytes(3 * MEGABYTE) + b"\r\n--b--\r\n", _IN_PARTS, 422),
}


def test_what_is_no_sending_of_files_leaves_nothing(
    charge_program: Program, rib: str, settings: Settings
) -> None:
    for name, (body, kind, status) in BROKEN.items():
        answer = charge_program.ask("POST", f"{rib}/fichiers", body, content_type=kind)
        assert answer.status_code == status, (name, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
    nobodys = rib.replace("rib", "inconnue")
    assert hand_in(charge_program, nobodys, ("a.pdf", pdf())).status_code == 404
    assert hand_in(charge_program, "/dossiers/999999/pieces/rib", ("a", PNG)).status_code == 404
    many = [(f"{n}.pdf", pdf(mark=f"{n}")) for n in range(21)]
    assert hand_in(charge_program, rib, *many).status_code == 422
    assert charge_program.get(rib).json()["fichiers"] == []
    assert left(settings) == []
