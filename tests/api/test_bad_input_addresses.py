"""Addresses that no link of ours leads to: a page in French, and nothing written."""

from __future__ import annotations

import base64
import json
import random
from io import BytesIO
from urllib.parse import quote, urlencode

import pytest
from fastapi import FastAPI

from api.settings import Settings
from grants.dossiers.pieces.storage import Storage
from grants.organisation.roles import DIRECTION
from tests.builders.access import ACCESS, UPLOADS, Who
from tests.builders.addresses import ADDRESSES, READ, WRITTEN, Address, values_of
from tests.builders.bad_values import BAD
from tests.builders.contents import contents
from tests.builders.documents import pdf
from tests.builders.offices import Holdings, Office
from tests.builders.papers import handed
from tests.builders.visitors import Answer, Visitor
from workflow.database import Database

#: Every name that a page looks for in its address.
ASKED = (
    *("q", "dispositif", "etape", "referent", "departement", "du", "au", "retard", "seance"),
    *("entree", "entree_du", "entree_au", "tri", "sens", "page", "colonne", "fiche", "journal"),
    *("dossier", "apres", "avant", "secteur", "suite", "v", "titre", "porteur_nom"),
)
# As they stand in an address: what is not encoded here is meant.
QUERIES = {
    "NUL": "%00",
    "NUL among words": "a%00b",
    "not UTF-8": "%ff%fe",
    "a lone surrogate": "%ED%A0%80",
    "overlong": "%C0%AF",
    "broken escapes": "%",
    "broken escapes again": "%zz%1",
    "controls": "%01%1b%08%7f",
    "line ends": "a%0D%0ASet-Cookie:x=1",
    "directions": "%E2%80%AE",
    "noncharacters": "%EF%BF%BE",
    "far too long": "a" * 20_000,
    "a long number": "9" * 5000,
    "beyond 63 bits": str(2**63),
    "negative": "-1",
    "other digits": quote("٣"),
    "wildcards": quote("%_\\*?[a-z]"),
    "quotes": quote("\"' OR 1=1 --"),
    "search operators": quote('NEAR("a" AND) OR * ^ -"'),
    "markup": quote("</script><script>alert(1)</script>"),
    "a template": quote("{{ 7*7 }}${7*7}"),
    "elsewhere": quote("https://example.org//"),
    "nothing": "",
    "no such date": "2026-02-30",
    "a list": ",,,contact,,",
    "NaN": "NaN",
    "infinite": "Infinity",
    "a thousand combining marks": quote("e" + "\u0301" * 1000),
}
NAMES_IN_A_PATH = {
    "unknown": "inconnu",
    "empty": "",
    "dots": "..%2f..%2fetc%2fpasswd",
    "NUL": "a%00",
    "not UTF-8": "%ff",
    "a lone surrogate": "%ED%A0%80",
    "line end": "a%0A",
    "far too long": "a" * 5000,
    "capitals": "MICROPROJETS",
    "accents": quote("é"),
    "markup": quote("<script>"),
    "a template": quote("{{ 7*7 }}"),
    "a method": "__class__",
    "a format": quote("{0.__class__}"),
    "an id": "1",
}
IDS_IN_A_PATH = {
    **{name: quote(value[:100], safe="") for name, value in BAD["structure"].items()},
    "signed": "%2B1",
    "spaces": "%201",
    "padded": "0000000000000000000000001x",
}
CURSOR_PARTS = (
    *(None, True, False, 0, 1, -1, 2**63, -(2**63) - 1, 10**30, 1.5, 1e308, "", "a", "a\x00b"),
    *("\ud800", "x" * 300, "2026-01-01", "2026-01-01T00:00:00+00:00", "9999-12-31T23:59:59Z"),
    *([], [1], {}, {"a": 1}),
)


@pytest.fixture
def values(database: Database, office: Office, holds: Holdings) -> dict[str, str]:
    with database.unit_of_work() as session:
        return values_of(session, office, holds)


@pytest.fixture(autouse=True)
def on_disk(settings: Settings) -> None:
    """The file that the organisme was handed in."""
    Storage(settings.files_folder).put(handed("devis").stored, BytesIO(pdf()))


@pytest.fixture
def inside(app: FastAPI, office: Office) -> Visitor:
    return Visitor(app).enter(office.people[DIRECTION], office.id)


def in_french(answer: Answer) -> bool:
    """A page of ours, whole; or the one line said of an address that cannot be read."""
    return 'lang="fr"' in answer.text or answer.text == "Adresse illisible."


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_no_query_breaks_a_page(
    inside: Visitor,
    values: dict[str, str],
    database: Database,
    query: str,
    rng: random.Random,
    long_run: bool,
) -> None:
    before = contents(database)
    pairs = "&".join(f"{name}={query}" for name in ASKED)
    rng.seed(query)  # other pages for each query, the same at every run
    for address in READ if long_run else rng.sample(READ, len(READ) // 3):
        answer = inside.get(f"{address.url(values)}?{query}&{pairs[:20_000]}&page={query}&&=;")
        assert answer.status_code < 500, address
        if answer.status_code in (404, 422):
            assert in_french(answer), address
    assert contents(database) == before


@pytest.mark.parametrize("sort", ["dossier", "etape", "lieu", "referent", "demande", "depuis"])
def test_a_cursor_made_up_gives_the_first_page(
    inside: Visitor, values: dict[str, str], sort: str, rng: random.Random, long_run: bool
) -> None:
    parts = CURSOR_PARTS if long_run else rng.sample(CURSOR_PARTS, 5)
    shapes: list[object] = [[sort, value, id, True] for value in parts for id in parts]
    shapes += [[], {}, None, 3, [sort], [[sort]] * 4, [sort, 1, 1, "oui"], [sort, 1, 1, 1, 1]]
    words = [json.dumps(shape, default=str).encode() for shape in shapes]
    words += [b"[" * 500, b"\xff\xfe", b"{", b'["' + sort.encode()]
    for word in words:
        for written in (base64.urlsafe_b64encode(word).decode(), word.decode("latin-1")):
            query = urlencode({"dispositif": "microprojets", "tri": sort, "page": written})
            assert inside.get(f"/liste?{query}").status_code == 200, word


@pytest.mark.parametrize("name", NAMES_IN_A_PATH.values(), ids=NAMES_IN_A_PATH)
def test_an_unknown_name_in_an_address_is_a_page_that_does_not_exist(
    inside: Visitor, values: dict[str, str], database: Database, name: str
) -> None:
    before, stranger = contents(database), Visitor(inside.app)
    for address in ADDRESSES:
        for key in set(address.names).intersection(
            {"action", "sheet", "key", "parameter", "lettre"}
        ):
            answer = ask(inside, address, address.url({**values, key: name}))
            assert answer.status_code == 404, address
            assert in_french(answer), address
        for key in set(address.names).intersection({"jeton", "rappel", "acces"}):
            assert ask(stranger, address, address.url({key: name})).status_code == 404, address
    assert contents(database) == before


@pytest.mark.parametrize("id", IDS_IN_A_PATH.values(), ids=IDS_IN_A_PATH)
def test_no_id_breaks_a_page(
    inside: Visitor, values: dict[str, str], database: Database, id: str
) -> None:
    before = contents(database)
    for address in ADDRESSES:
        for key in (each for each in address.names if each.endswith("_id")):
            answer = ask(inside, address, address.url({**values, key: id}))
            if ACCESS[address.method, address.path] is Who.INVITED and answer.status_code == 303:
                assert answer.headers["location"] == "/acces"  # nobody invited this browser there
                continue
            assert answer.status_code == 404, (address, key)
            assert in_french(answer), address
    assert contents(database) == before


def test_a_form_is_not_asked_for_and_a_page_is_not_sent(
    inside: Visitor, values: dict[str, str]
) -> None:
    both = {each.path for each in READ} & {each.path for each in WRITTEN}
    for address in ADDRESSES:
        if address.path not in both:
            other = "POST" if address.method == "GET" else "GET"
            answer = inside.client.request(other, address.url(values))
            assert answer.status_code in (404, 405), address
            assert in_french(answer), address


def ask(inside: Visitor, address: Address, url: str) -> Answer:
    if address.method == "GET":
        return inside.get(url)
    typed = {"role": DIRECTION} if address.path.endswith("/role") else {}
    if address.path in UPLOADS:
        sent = {**typed, "csrf_token": inside.token()}
        return inside.client.post(url, data=sent, files=UPLOADS[address.path])
    return inside.post(url, typed)
