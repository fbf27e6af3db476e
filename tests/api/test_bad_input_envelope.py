"""What surrounds the answers of a form: its body, its papers, its token, the cookies beside it."""

from __future__ import annotations

import random
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI

from api.cookies import DOOR, FLASH, SESSION, START, THEME, cookie_name
from api.forms import FORM_BYTES
from api.sendings import UPLOAD_BYTES
from grants.organisation.roles import DIRECTION
from tests.builders.access import ACCESS, Who
from tests.builders.addresses import WRITTEN, Address, values_of
from tests.builders.bad_values import UNREADABLE
from tests.builders.contents import contents
from tests.builders.every_form import EveryForm, every_form
from tests.builders.invited import invited
from tests.builders.offices import Holdings, Office
from tests.builders.visitors import Answer, Visitor
from workflow.database import Database

MULTIPART = "multipart/form-data; boundary=limite"
PLAIN = "application/x-www-form-urlencoded"


def part(name: bytes, value: bytes, more: bytes = b"") -> bytes:
    head = b'Content-Disposition: form-data; name="%s"%s' % (name, more)
    return b"--limite\r\n" + head + b"\r\n\r\n" + value + b"\r\n"


#: The type of a body, and the body: none of them is a form.
BODIES = {
    "JSON": ("application/json", b'{"texte": ["a", {"b": 1}]}'),
    "text": ("text/plain", b"texte=a"),
    "no type": ("", b"texte=a"),
    "a type of nothing": (";;=", b"texte=a"),
    "latin-1": (PLAIN, b"texte=\xe9"),
    "UTF-16": (PLAIN, "texte=é".encode("utf-16")),
    "escaped latin-1": (PLAIN, b"texte=%e9"),
    "a lone surrogate": (PLAIN, b"texte=%ED%A0%80"),
    "overlong": (PLAIN, b"texte=%C0%AF"),
    "a bad name": (PLAIN, b"%ff=a"),
    "a long name": (PLAIN, b"n" * 5000 + b"=a"),
    "thousands of fields": (PLAIN, b"&".join(b"c%d=" % n for n in range(5000))),
    "thousands of one field": (PLAIN, b"&".join([b"texte=a"] * 5000)),
    "noise": (PLAIN, bytes(range(256)) * 8),
    "compressed": (PLAIN, b"\x1f\x8b\x08\x00" + bytes(64)),
    "no boundary": ("multipart/form-data", part(b"texte", b"a")),
    "another boundary": ("multipart/form-data; boundary=autre", part(b"texte", b"a")),
    "a long boundary": ("multipart/form-data; boundary=" + "b" * 2000, part(b"texte", b"a")),
    "cut short": (MULTIPART, part(b"texte", b"a" * 50)[:-30]),
    "no header": (MULTIPART, b"--limite\r\n\r\na\r\n--limite--\r\n"),
    "no name": (MULTIPART, b"--limite\r\nContent-Disposition: form-data\r\n\r\na\r\n--limite--"),
    "a broken header": (
        MULTIPART,
        b"--limite\r\nContent-Disposition\x00: a\r\n\r\na\r\n--limite--",
    ),
    "a text that is not one": (MULTIPART, part(b"texte", b"\xff\xfe") + b"--limite--\r\n"),
    "a file where none is asked": (
        MULTIPART,
        part(b"texte", b"a", b'; filename="../../a.txt"') + b"--limite--\r\n",
    ),
    "thousands of parts": (MULTIPART, part(b"c", b"") * 2000 + b"--limite--\r\n"),
    "nothing": (PLAIN, b""),
}
PAPERS = {
    "idempotency_key": [
        "a",
        "a" * 65,
        "a b c d e f g h",
        "clé-de-trop-é",
        "%00" * 9,
        "../../x/y/z",
    ],
    "lock_version": ["-1", "1.0", "1e3", "٣", "abc", "9" * 19, "9" * 400, " 1", "1\x00"],
}
COOKIES = {
    "empty": "",
    "noise": "ÿþ%00",
    "quotes": '"a; b"; c',
    "far too long": "a" * 6000,
    "a seal of somebody else": "WyJhIl0.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "half a seal": "....",
    "JSON": '{"compte": 1}',
    "latin-1": "caf\xe9",
    "injection": "' OR 1=1 --",
}


@pytest.fixture
def database_kind() -> str:
    """One kind: what is refused here is refused before any database is asked."""
    return "sqlite"


@pytest.fixture
def values(database: Database, office: Office, holds: Holdings) -> dict[str, str]:
    with database.unit_of_work() as session:
        return values_of(session, office, holds)


@pytest.fixture
def forms(database: Database, office: Office, holds: Holdings) -> list[EveryForm]:
    with database.unit_of_work() as session:
        return every_form(session, office, holds)


# The link is proof enough: a mail program sends it whatever form it likes (RFC 8058).
BY_A_LINK = "/rappels/{rappel}"
IN_A_FORM = tuple(each for each in WRITTEN if each.path != BY_A_LINK)
# What takes heavier files is sent too much of them in the tests of their own pages.
HEAVY = (
    "/dossiers/{dossier_id}/pieces/{piece}/fichiers",
    "/ma-consultation/{consultation_id}/offre",
    "/parametres/reprises",
    "/seances/verifier",
)


@pytest.fixture
def inside(app: FastAPI, office: Office) -> Visitor:
    return Visitor(app).enter(office.people[DIRECTION], office.id)


@pytest.fixture
def asked_by(
    app: FastAPI,
    database: Database,
    office: Office,
    holds: Holdings,
    inside: Visitor,
    values: dict[str, str],
) -> Callable[[Address], Visitor]:
    """Who is let in at an address: the direction, or a member at his own page."""
    assert values["seance_id"] == str(holds.seance)
    member = invited(app, database, office, holds)

    def who(address: Address) -> Visitor:
        return member if ACCESS[address.method, address.path] is Who.INVITED else inside

    return who


def refused(answer: Answer, *statuses: int) -> bool:
    """Whether this is a page of ours that says no."""
    return answer.status_code in statuses and 'lang="fr"' in answer.text


@pytest.mark.parametrize(("kind", "body"), BODIES.values(), ids=BODIES)
def test_what_is_no_form_is_refused_at_every_address(
    asked_by: Callable[[Address], Visitor],
    values: dict[str, str],
    database: Database,
    kind: str,
    body: bytes,
) -> None:
    before = contents(database)
    for address in IN_A_FORM:
        answer = asked_by(address).send(address.url(values), body, kind)
        assert refused(answer, 403, 422), address
    assert contents(database) == before


def test_a_form_too_big_is_refused_at_every_address(
    asked_by: Callable[[Address], Visitor], values: dict[str, str], database: Database
) -> None:
    before = contents(database)
    for address in IN_A_FORM:
        if address.path in HEAVY:
            continue
        bytes_taken = UPLOAD_BYTES if address.path.endswith(("/logo", "/signature")) else FORM_BYTES
        body = b"texte=" + b"a" * bytes_taken
        answer = asked_by(address).send(address.url(values), body)
        assert refused(answer, 413), address
        assert "Ko" in answer.text, address
    assert contents(database) == before


def test_papers_that_no_form_of_ours_carried_are_refused(
    inside: Visitor,
    forms: list[EveryForm],
    database: Database,
    rng: random.Random,
    long_run: bool,
) -> None:
    before = contents(database)
    for paper, values in PAPERS.items():
        for value in values:
            for form in forms if long_run else rng.sample(forms, 12):
                answer = inside.post(form.url, {**form.good, paper: value})
                assert refused(answer, 422), (form.url, paper, value)
    assert contents(database) == before


@pytest.mark.parametrize("paper", ["idempotency_key", "lock_version", "csrf_token"])
def test_papers_that_come_twice_are_refused(
    inside: Visitor, forms: list[EveryForm], database: Database, paper: str
) -> None:
    before, token = contents(database), inside.token()
    given = {"csrf_token": token, "idempotency_key": "cle-deux-fois", "lock_version": "1"}
    for form in forms:
        sent = [*form.good.items(), ("csrf_token", token), (paper, given[paper]), (paper, "1" * 9)]
        answer = inside.send(form.url, urlencode(sent).encode())
        assert refused(answer, 403, 422), form.url
    assert contents(database) == before


@pytest.mark.parametrize("token", [*UNREADABLE.values(), "é" * 40, "0" * 64, "a" * 100_000])
def test_a_token_that_is_not_ones_own_is_refused_at_every_address(
    asked_by: Callable[[Address], Visitor], values: dict[str, str], database: Database, token: str
) -> None:
    before = contents(database)
    for address in IN_A_FORM:
        answer = asked_by(address).post(address.url(values), {"csrf_token": token})
        # An address that takes files looks at the body's type first.
        assert refused(answer, 403, 422), address
    assert contents(database) == before


@pytest.mark.parametrize("value", COOKIES.values(), ids=COOKIES)
@pytest.mark.parametrize("name", [SESSION, DOOR, FLASH, START, THEME])
def test_a_cookie_that_is_not_ours_is_as_good_as_none(
    app: FastAPI, office: Office, database: Database, name: str, value: str
) -> None:
    before = contents(database)
    house = Visitor(app).house
    full = name if name == THEME else cookie_name(house.settings, name)
    sent = {"cookie": f"{full}={value}".encode("latin-1")}
    for method, url, status in (
        ("GET", "/tableau", 303),
        ("GET", "/connexion", 200),
        ("POST", "/deconnexion", 303),
        ("POST", "/connexion", 403),
    ):
        assert ask(Visitor(app), method, url, sent).status_code == status
    assert contents(database) == before


@pytest.mark.parametrize("value", COOKIES.values(), ids=COOKIES)
def test_other_cookies_beside_ones_own_change_nothing(inside: Visitor, value: str) -> None:
    own = "; ".join(f"{name}={kept}" for name, kept in inside.client.cookies.items())
    names = [cookie_name(inside.house.settings, name) for name in (FLASH, DOOR, START)]
    others = "; ".join(f"{name}={value}" for name in (*names, THEME, "autre", ""))
    sent = {"cookie": f"{own}; {others}; =; ;;".encode("latin-1")}
    assert ask(inside, "GET", "/tableau", sent).status_code == 200


def ask(visitor: Visitor, method: str, url: str, headers: dict[str, bytes]) -> Answer:
    """A request with headers that are bytes, as those of a program may be."""
    raw = [(name.encode(), value) for name, value in headers.items()]
    return visitor.client.request(method, url, headers=raw)
