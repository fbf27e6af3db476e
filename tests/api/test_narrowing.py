"""An address read as filters, and written again: nothing lost, nothing believed blindly."""

from __future__ import annotations

from datetime import date

import pytest

from api.composition import default_engine
from api.presentation.narrowing import NAMES, Narrowing, read_narrowing
from grants.dossiers.filters import NOBODY, Filters
from grants.organisation.queries import Customs
from workflow.database import LARGEST_ID
from workflow.pipeline import Pipeline

TODAY = date(2026, 3, 12)


@pytest.fixture
def microprojets() -> Pipeline:
    loaded = default_engine().catalogue.latest("microprojets")
    assert loaded is not None
    return loaded.pipeline


def read(pipeline: Pipeline | None, **query: str) -> Narrowing:
    return read_narrowing(query, 1, pipeline, TODAY, Customs("metropole"))


def test_an_address_that_asks_nothing_keeps_everything() -> None:
    narrowing = read(None, inconnu="1", q="", departement="")
    assert narrowing == Narrowing(Filters(), {}, {})
    assert not narrowing.narrows
    assert narrowing.url("/liste") == "/liste"


def test_each_pair_becomes_its_filter(microprojets: Pipeline) -> None:
    filters = read(
        microprojets,
        etape="cts,accueil",
        referent="12",
        departement="2A",
        q="  jardin  partagé ",
        du="2026-01-31",
        au="01/02/2026",
        seance="7",
    ).filters
    assert filters == Filters(
        pipeline="microprojets",
        stages=("cts", "accueil"),
        referent_id=12,
        departement="2A",
        text="jardin  partagé",
        since=date(2026, 1, 31),
        until=date(2026, 2, 1),
        seance_id=7,
    )


def test_nobody_is_a_referent_and_no_seance(microprojets: Pipeline) -> None:
    filters = read(microprojets, referent="0", seance="0").filters
    assert (filters.referent_id, filters.seance_id) == (NOBODY, None)


@pytest.mark.parametrize(
    "text", ["", "abc", "-1", "1.5", "²", "٣", "9" * 30, str(LARGEST_ID + 1), " 1"]
)
def test_what_is_not_an_id_is_left_aside(microprojets: Pipeline, text: str) -> None:
    narrowing = read(microprojets, referent=text, seance=text)
    assert (narrowing.filters.referent_id, narrowing.filters.seance_id) == (None, None)
    assert narrowing.faults == {}


def test_stages_and_delays_are_those_of_a_pipeline(microprojets: Pipeline) -> None:
    known = read(microprojets, etape="contact,inconnue", retard="1", entree="contact").filters
    assert known.stages == ("contact",)
    assert known.late is not None
    assert "contact" in known.late
    assert known.among is not None
    unknown = read(None, etape="contact", retard="1", entree="contact").filters
    assert unknown == Filters()
    assert read(microprojets, entree="inconnue").filters.among is None


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("du", "2026-02-30", "Cette date n'existe pas."),
        ("au", "demain", "Écrivez une date comme 15/07/2009."),
        ("au", "0001-01-01", "Vérifiez l'année"),
        ("q", "a" * 101, "Ce texte compte 101 caractères."),
        ("q", "a\u202eb", "Ce texte contient une marque"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_holds(
    microprojets: Pipeline, name: str, text: str, sentence: str
) -> None:
    narrowing = read(microprojets, departement="34", **{name: text})
    assert list(narrowing.faults) == [name]
    assert narrowing.faults[name].startswith(sentence)
    assert narrowing.filters == Filters(pipeline="microprojets", departement="34")
    assert narrowing.pairs[name] == text


def test_a_period_that_ends_before_it_begins_is_told(microprojets: Pipeline) -> None:
    faults = read(microprojets, du="2026-03-02", au="2026-03-01").faults
    assert faults == {"au": "La période finirait avant de commencer."}
    assert read(microprojets, du="2026-03-01", au="2026-03-01").faults == {}


def test_an_address_is_written_again_with_what_changed() -> None:
    narrowing = read(None, q="l'été & l'hiver", departement="34", tri="lieu", page="mot")
    assert narrowing.narrows
    assert narrowing.url("/liste") == (
        "/liste?tri=lieu&departement=34&q=l%27%C3%A9t%C3%A9+%26+l%27hiver"
    )
    assert narrowing.url("/liste", q=None, tri="depuis") == "/liste?tri=depuis&departement=34"


def test_the_order_and_the_dispositif_narrow_nothing() -> None:
    around = {"vue": "1", "tri": "lieu", "sens": "asc", "dispositif": "microprojets"}
    assert not read(None, **around).narrows
    for name in set(NAMES) - set(around):
        assert read(None, **{name: "1"}).narrows
