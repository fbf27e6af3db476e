"""A logo is a PNG or a JPEG by its content, neither heavy nor huge, and never a script."""

from __future__ import annotations

import pytest

from grants.organisation.identity import DirectionOnly
from grants.organisation.logo import (
    LARGEST_FILE,
    image_type,
    read_logo,
    read_signature,
    remove_logo,
    remove_signature,
    set_logo,
    set_signature,
)
from grants.organisation.settings import ORGANISMES
from tests.builders.images import jpeg, png
from tests.builders.offices import NOW, Office
from tests.builders.registers import events, unsound
from workflow.database import Database
from workflow.errors import Invalid


def refusal(content: bytes) -> str:
    with pytest.raises(Invalid) as raised:
        image_type(content)
    return raised.value.faults["logo"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (png(32, 32), "image/png"),
        (png(2000, 40), "image/png"),
        (jpeg(640, 480), "image/jpeg"),
    ],
)
def test_a_png_or_a_jpeg_within_bounds_is_taken(content: bytes, kind: str) -> None:
    assert image_type(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><p>bonjour",
        b"GIF89a" + b"\x00" * 40,
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"%PDF-1.7",
        b"MZ" + b"\x00" * 100,
    ],
)
def test_any_other_content_is_refused_whatever_its_name(content: bytes) -> None:
    assert "ni un PNG ni un JPEG" in refusal(content)


def test_a_missing_file_is_asked_for() -> None:
    assert refusal(b"") == "Choisissez d'abord un fichier."


def test_a_heavy_file_is_refused_before_it_is_looked_at() -> None:
    assert "dépasse 1 Mo" in refusal(png(64, 64, padding=LARGEST_FILE))
    assert image_type(png(64, 64, padding=LARGEST_FILE - 1000)) == "image/png"


@pytest.mark.parametrize("size", [(31, 64), (64, 31), (2001, 64), (64, 2001)])
def test_an_image_out_of_bounds_is_refused_with_its_size(size: tuple[int, int]) -> None:
    assert f"{size[0]} × {size[1]} pixels" in refusal(png(*size))
    assert f"{size[0]} × {size[1]} pixels" in refusal(jpeg(*size))


@pytest.mark.parametrize(
    "content",
    [
        png(64, 64)[:-1],
        png(64, 64)[:40],
        png(64, 64) + b"<script>",
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 64,
        jpeg(64, 64)[:20],
        b"\xff\xd8\xff" + b"\x00" * 64,
        b"\xff\xd8" + b"\xff" * 64,
    ],
)
def test_a_broken_image_is_refused(content: bytes) -> None:
    assert "abîmée ou incomplète" in refusal(content)


def test_a_logo_is_kept_served_and_taken_back(
    database: Database, office: Office, other_office: Office
) -> None:
    with database.unit_of_work() as session:
        set_logo(session, office.identity(), png(64, 64), NOW)
        found = read_logo(session.connection(), office.id)
        assert found is not None
        assert (found.type, found.content) == ("image/png", png(64, 64))
        assert read_logo(session.connection(), other_office.id) is None
        remove_logo(session, office.identity(), NOW)
        assert read_logo(session.connection(), office.id) is None
        assert not unsound(session.connection())
    assert events(database, ORGANISMES, office.id)[-2:] == ["logo_change", "logo_retire"]


def test_a_signature_is_another_image_than_the_logo(
    database: Database, office: Office, other_office: Office
) -> None:
    with database.unit_of_work() as session:
        set_logo(session, office.identity(), png(64, 64), NOW)
        set_signature(session, office.identity(), png(200, 80), NOW)
        kept = read_signature(session.connection(), office.id)
        assert kept is not None
        assert kept.content == png(200, 80)
        assert read_signature(session.connection(), other_office.id) is None
        with pytest.raises(Invalid) as refused:
            set_signature(session, office.identity(), b"<svg/>", NOW)
        assert set(refused.value.faults) == {"signature"}
        remove_signature(session, office.identity(), NOW)
        assert read_signature(session.connection(), office.id) is None
        assert read_logo(session.connection(), office.id) is not None
    told = ["signature_changee", "signature_retiree"]
    assert events(database, ORGANISMES, office.id)[-2:] == told


def test_only_the_direction_changes_the_logo(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        for role in ("charge_de_mission", "lecteur"):
            with pytest.raises(DirectionOnly):
                set_logo(session, office.identity(role), png(64, 64), NOW)
            with pytest.raises(DirectionOnly):
                remove_logo(session, office.identity(role), NOW)
            with pytest.raises(DirectionOnly):
                set_signature(session, office.identity(role), png(64, 64), NOW)
            with pytest.raises(DirectionOnly):
                remove_signature(session, office.identity(role), NOW)
