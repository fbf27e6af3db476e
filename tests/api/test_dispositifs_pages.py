"""« Dispositifs » : the graph of each pipeline, with a dossier's stage lit."""

from __future__ import annotations

import pytest

from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.reading import links, words
from tests.builders.visitors import Visitor
from workflow.database import LARGEST_ID


def test_every_pipeline_is_drawn_and_leads_to_the_others(
    charge: Visitor, lecteur: Visitor, counter: Counter
) -> None:
    keys = {pipeline.key for pipeline in counter.engine.catalogue.current()}
    for pipeline in counter.engine.catalogue.current():
        for visitor in (charge, lecteur):
            shown = visitor.get(f"/dispositifs/{pipeline.key}")
            assert shown.status_code == 200
            for stage in pipeline.stages:
                assert stage.label in words(shown.text)
            others = {url.rsplit("/", 1)[1] for _, url in links(shown) if "/dispositifs/" in url}
            assert keys - {pipeline.key} <= others


def test_a_dossiers_stage_is_lit_in_its_own_pipeline(charge: Visitor, counter: Counter) -> None:
    counter.take_to("accueil")
    row = counter.read().row
    for key in ("microprojets", "dla_individuel"):
        shown = charge.get(f"/dispositifs/{key}?dossier={counter.dossier}")
        assert shown.status_code == 200
        assert row["reference"] in words(shown.text)
        assert "Microprojets associatifs" in words(shown.text)


@pytest.mark.parametrize("asked", ["987654", "0", str(10**18 - 1)])
def test_a_dossier_that_is_not_there_is_not_found(charge: Visitor, asked: str) -> None:
    assert charge.get(f"/dispositifs/microprojets?dossier={asked}").status_code == 404


@pytest.mark.parametrize("asked", ["", "abc", "-1", str(LARGEST_ID + 1), "٣"])
def test_what_is_not_a_dossiers_number_is_left_aside(charge: Visitor, asked: str) -> None:
    shown = charge.client.get("/dispositifs/microprojets", params={"dossier": asked})
    assert shown.status_code == 200


def test_neither_an_unknown_pipeline_nor_anothers_dossier_is_found(
    charge: Visitor, counter: Counter, other_office: Office
) -> None:
    theirs = Counter(counter.database, counter.engine, other_office).open()
    assert charge.get("/dispositifs/inconnu").status_code == 404
    assert charge.get(f"/dispositifs/microprojets?dossier={theirs}").status_code == 404
