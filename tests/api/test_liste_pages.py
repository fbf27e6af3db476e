"""« Liste » : every dossier that the address keeps, sorted, page after page."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from api.presentation.cursors import LONGEST_CURSOR, read_cursor, write_cursor
from api.presentation.liste import read_sort
from grants.dossiers.listing import SORTS, Cursor, Sort
from tests.builders.crowd import write_crowd, write_dossier
from tests.builders.dossiers import Counter
from tests.builders.reading import chips, hidden, link, links, query_of, rows, said, words
from tests.builders.visitors import Answer, Visitor
from workflow.database import LARGEST_ID

MANY = 60


def walk(visitor: Visitor, url: str | None) -> list[Answer]:
    """A page of the list and all those that follow."""
    shown: list[Answer] = []
    while url:
        assert len(shown) < MANY, "these pages go round in circles"
        shown.append(visitor.get(url))
        assert shown[-1].status_code == 200
        url = next((to for said, to in links(shown[-1]) if "Suivant" in said), None)
    return shown


def test_an_empty_list_says_what_to_do_next(charge: Visitor, lecteur: Visitor) -> None:
    for address in ("/liste", "/liste?dispositif=microprojets", "/liste?tri=lieu"):
        shown = charge.get(address)
        assert shown.status_code == 200
        assert "Aucun dossier pour l'instant" in said(shown)
    assert lecteur.get("/liste").status_code == 200


def test_a_line_says_what_a_colleague_looks_for(charge: Visitor, counter: Counter) -> None:
    dossier = counter.take_to("selectionne")
    shown = charge.get("/liste")
    assert rows(shown) == [f"/dossiers/{dossier}"]
    said = words(shown.text)
    for expected in (
        "Les Jardins du Lez",
        "MP-2026-001 · Un jardin partagé",
        "Sélectionné",
        "Montpellier (34)",
        "20 000 €",
        "18 000 €",
        "1 dossier · 20 000 € demandés · 18 000 € accordés",
    ):
        assert expected in said, expected


@pytest.mark.parametrize("key", SORTS)
def test_every_order_is_walked_by_its_links_whatever_the_filters(
    charge: Visitor, counter: Counter, key: str
) -> None:
    with counter.database.unit_of_work() as session:
        ids = write_crowd(session, counter.office, MANY * 3)
        write_dossier(session, counter.office, departement="11")
    wanted = {f"/dossiers/{id}" for n, id in enumerate(ids) if n % 3 == 1}
    first = charge.get("/liste?dispositif=microprojets&departement=34")
    label = {"etape": "Étape", "lieu": "Lieu", "referent": "Référent", "depuis": "Depuis"}
    label |= {"dossier": "Dossier", "demande": "Demandé", "accorde": "Accordé"}
    url = link(first, label[key])
    assert (query_of(url)["tri"], query_of(url)["departement"]) == (key, "34")
    for address in (url, link(charge.get(url), label[key])):
        pages = walk(charge, address)
        found = [row for each in pages for row in rows(each)]
        assert [len(rows(each)) for each in pages] == [50, 10]
        assert (len(found), set(found)) == (MANY, wanted)
        back = charge.get(link(pages[1], "Précédent"))
        assert rows(back) == rows(pages[0])
        # The order and the filters go with the form, and with each chip.
        sens = query_of(address)["sens"]
        assert hidden(pages[1], "/liste", "sens") == sens
        assert query_of(chips(pages[1])["Hérault (34)"])["sens"] == sens


def test_stages_of_several_dispositifs_have_no_common_order(
    charge: Visitor, counter: Counter
) -> None:
    dossiers = [counter.open(), counter.open("dla_individuel"), counter.open()]
    expected = [f"/dossiers/{id}" for id in reversed(dossiers)]
    assert rows(charge.get("/liste?tri=etape&sens=asc")) == expected
    assert rows(charge.get("/liste?tri=inconnu&sens=asc")) == expected
    assert rows(charge.get("/liste?tri=dossier&sens=de+travers")) == expected


# --- The addresses of pages -----------------------------------------------------------------------


def encoded(content: Any) -> str:
    text = content if isinstance(content, str) else json.dumps(content)
    return base64.urlsafe_b64encode(text.encode(errors="surrogatepass")).decode().rstrip("=")


BAD_CURSORS = [
    "n'importe quoi",
    "é",
    "=",
    "A" * (LONGEST_CURSOR + 1),
    encoded("pas du JSON"),
    encoded("[" * 700),
    encoded(None),
    encoded(12),
    encoded("abcd"),
    encoded({"a": 1, "b": 2, "c": 3, "d": 4}),
    encoded(["dossier", 1, 1]),
    encoded(["dossier", 1, 1, False, 0]),
    encoded(["dossier", "1", 1, False]),
    encoded(["dossier", 1.5, 1, False]),
    encoded(["dossier", True, 1, False]),
    encoded(["dossier", None, 1, False]),
    encoded(["dossier", LARGEST_ID + 1, 1, False]),
    encoded(["dossier", 1, 0, False]),
    encoded(["dossier", 1, -1, False]),
    encoded(["dossier", 1, LARGEST_ID + 1, False]),
    encoded(["dossier", 1, True, False]),
    encoded(["dossier", 1, 1, "oui"]),
    encoded('["dossier",NaN,1,false]'),
    encoded('["dossier",1e400,1,false]'),
    encoded(["demande", 1, 1, False]),
]
BAD_TEXTS = ["a\0b", "\ud800", 12]
BAD_MOMENTS = [
    "hier",
    "2026-03-12",
    "2026-03-12T10:00:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    12,
]


def test_a_cursor_reads_back_as_it_was_written() -> None:
    moments = Cursor("2026-03-12T09:30:00+00:00", 3)
    for sort, cursor in (
        (Sort("dossier"), Cursor(12, 12, backwards=True)),
        (Sort("demande"), Cursor(0, LARGEST_ID)),
        (Sort("lieu"), Cursor("", 1)),
        (Sort("lieu"), Cursor("L'Haÿ-les-Roses", 1)),
        (Sort("lieu"), Cursor("🏔" * 120, LARGEST_ID, backwards=True)),
        (Sort("depuis"), moments),
    ):
        word = write_cursor(cursor, sort)
        assert len(word) <= LONGEST_CURSOR
        assert read_cursor(word, sort) == cursor
        assert read_cursor(word, Sort("accorde")) is None
    assert read_cursor(None, Sort()) is None
    assert read_cursor("", Sort()) is None


@pytest.mark.parametrize(
    ("tri", "word"),
    [("dossier", word) for word in BAD_CURSORS]
    + [("lieu", encoded(["lieu", text, 1, False])) for text in BAD_TEXTS]
    + [("depuis", encoded(["depuis", text, 1, False])) for text in BAD_MOMENTS],
)
def test_a_word_that_is_not_a_cursor_is_none(tri: str, word: str) -> None:
    assert read_cursor(word, read_sort({"tri": tri})) is None


def test_a_page_that_cannot_be_read_is_the_first_one(charge: Visitor, counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        write_crowd(session, counter.office, MANY)
    first = rows(charge.get("/liste?tri=dossier"))
    for word in (BAD_CURSORS[0], BAD_CURSORS[4], write_cursor(Cursor("Nice", 3), Sort("lieu"))):
        shown = charge.client.get("/liste", params={"tri": "dossier", "page": word})
        assert shown.status_code == 200
        assert rows(shown) == first
    for text in ("a\0b", "\ud800"):
        word = encoded(["lieu", text, 1, False])
        shown = charge.client.get("/liste", params={"tri": "lieu", "page": word})
        assert shown.status_code == 200
        assert len(rows(shown)) == 50


def test_a_page_that_emptied_leads_back_to_the_first(charge: Visitor, counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        write_crowd(session, counter.office, 3)
    beyond = write_cursor(Cursor(1, 1), Sort("dossier"))
    shown = charge.get(f"/liste?tri=dossier&page={beyond}")
    assert len(rows(shown)) == 3
    assert "Aucun dossier" not in words(shown.text)
