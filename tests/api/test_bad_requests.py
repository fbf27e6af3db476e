from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from api.forms import FORM_BYTES
from grants.organisation.roles import DIRECTION
from tests.builders.offices import Office
from tests.builders.visitors import Visitor

MULTIPART = "multipart/form-data; boundary=limite"


@pytest.fixture
def inside(visitor: Visitor, office: Office) -> Visitor:
    """A browser where the direction is signed in."""
    return visitor.enter(office.people[DIRECTION], office.id)


def part(name: bytes, value: bytes, more: bytes = b"") -> bytes:
    return b'--limite\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (
        name,
        more,
        value,
    )


@pytest.mark.parametrize(
    "body",
    [
        b"texte=%ff%fe",
        b"texte=\xe9",
        b"texte=%ED%A0%80",
        b"%ff=a",
        b"&".join(b"champ%d=a" % n for n in range(501)),
        b"n" * 101 + b"=a",
        b"csrf_token=a&csrf_token=a",
    ],
    ids=["not UTF-8", "latin-1", "lone surrogate", "name", "too many", "long name", "two tokens"],
)
@pytest.mark.parametrize("url", ["/deconnexion", "/dossiers/nouveau"])
def test_a_form_that_cannot_be_read_is_refused_in_french(
    inside: Visitor, url: str, body: bytes
) -> None:
    answer = inside.send(url, body)
    assert answer.status_code in (403, 422)
    assert "formulaire" in answer.text
    assert inside.is_signed_in()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"a": 1}'),
        ("text/plain", b"a=1"),
        ("multipart/form-data", b"a=1"),
        (MULTIPART, b"a=1"),
        (MULTIPART, part(b"texte", b"\xff\xfe") + b"--limite--\r\n"),
        (MULTIPART, part(b"fichier", b"contenu", b'; filename="a.txt"') + b"--limite--\r\n"),
        (MULTIPART, b"".join(part(b"c%d" % n, b"a") for n in range(501)) + b"--limite--\r\n"),
        (MULTIPART, part(b"texte", b"a")[:-20]),
        ("multipart/form-data; boundary=" + "l" * 300, b"a"),
        ("n'importe quoi; =;;", b"a"),
    ],
)
def test_a_body_of_another_kind_is_refused_in_french(
    inside: Visitor, kind: str, body: bytes
) -> None:
    answer = inside.send("/deconnexion", body, kind)
    assert answer.status_code in (403, 422)
    assert "formulaire" in answer.text
    assert inside.is_signed_in()


def test_a_form_without_files_may_be_sent_as_one_with_files(inside: Visitor) -> None:
    body = part(b"csrf_token", inside.token().encode()) + b"--limite--\r\n"
    assert inside.send("/deconnexion", body, MULTIPART).status_code == 303
    assert not inside.is_signed_in()


@pytest.mark.parametrize("declared", [True, False])
def test_a_form_too_big_is_refused_before_it_fills_the_memory(
    inside: Visitor, declared: bool
) -> None:
    body = b"texte=" + b"a" * FORM_BYTES

    def slices() -> Iterator[bytes]:
        for _ in range(100):
            yield body[:65536]

    content = body if declared else slices()
    answer = inside.client.post(
        "/deconnexion",
        content=content,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413
    assert "512 Ko" in answer.text.replace("\xa0", " ").replace("\u202f", " ")


def test_a_field_sent_twice_is_named(inside: Visitor) -> None:
    inside.client.cookies.clear()
    fields = [("csrf_token", inside.token()), ("email", "a@b.example"), ("email", "c@d.example")]
    answer = inside.send("/connexion", urlencode(fields).encode())
    assert answer.status_code == 422
    assert "« email »" in answer.text.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    "token", [None, "", "faux", "é", "\ud800".encode("utf-8", "surrogatepass")]
)
def test_a_form_of_another_site_changes_nothing(inside: Visitor, token: str | bytes | None) -> None:
    fields = {} if token is None else {"csrf_token": token}
    answer = inside.send("/deconnexion", urlencode(fields).encode())
    assert answer.status_code in (403, 422)
    assert inside.is_signed_in()


def test_the_token_of_somebody_else_is_refused(inside: Visitor, office: Office) -> None:
    colleague = Visitor(inside.app).enter(office.people["assistant"], office.id)
    assert inside.post("/deconnexion", {"csrf_token": colleague.token()}).status_code == 403


def test_signing_in_asks_for_the_token_of_this_very_browser(
    visitor: Visitor, office: Office
) -> None:
    stranger = Visitor(visitor.app)
    fields = {"email": office.people[DIRECTION].email, "mot_de_passe": "trois chevaux bleus"}
    assert stranger.send("/connexion", urlencode(fields).encode()).status_code == 403
    assert stranger.post("/connexion", {**fields, "csrf_token": visitor.token()}).status_code == 403


@pytest.mark.parametrize(
    "id",
    ["0", "-1", str(2**63), "9" * 30, "9" * 5000, "abc", "1.5", "1e3", "%00", "٣", "1%0A", "%ff"],
)
@pytest.mark.parametrize("url", ["/dossiers/{}", "/organismes/{}/logo"])
def test_an_id_that_no_row_can_have_is_a_page_that_does_not_exist(
    inside: Visitor, url: str, id: str
) -> None:
    assert inside.get(url.format(id)).status_code == 404


@pytest.mark.parametrize(
    "query", ["%00", "texte=%00", "texte=%ff", "texte=%ED%A0%80", "a" * 5000, "&&&=;", "%"]
)
@pytest.mark.parametrize("url", ["/tableau", "/liste", "/pilotage", "/connexion"])
def test_no_query_breaks_a_page(inside: Visitor, url: str, query: str) -> None:
    assert inside.get(f"{url}?{query}").status_code < 500


@pytest.mark.parametrize(
    "url", ["/nulle-part", "/static/nulle-part.css", "/static/../settings.py", "/%00"]
)
def test_an_unknown_page_is_told_in_french(inside: Visitor, url: str) -> None:
    answer = inside.get(url)
    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_an_unknown_method_is_told_in_french(inside: Visitor, method: str) -> None:
    answer = inside.client.request(method, "/tableau")
    assert answer.status_code == 405
    assert "Demande impossible" in answer.text
    assert inside.client.request(method, "/nulle-part").status_code == 404


@pytest.mark.parametrize(
    "url", ["/tableau", "/connexion", "/healthz", "/nulle-part", "/static/app.js"]
)
def test_head_answers_as_get_would_without_a_body(inside: Visitor, url: str) -> None:
    head, get = inside.client.head(url), inside.get(url)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers.get("content-type") == get.headers.get("content-type")


def test_a_stranger_who_is_lost_is_led_to_the_door(visitor: Visitor) -> None:
    shown = visitor.get("/une-page-qui-n-existe-pas")
    assert shown.status_code == 404
    assert "Se connecter" in shown.text
    assert "Revenir au tableau" not in shown.text
