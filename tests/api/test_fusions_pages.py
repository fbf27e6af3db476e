"""Structures recorded twice: compared on screen, merged, taken apart, and what is refused."""

from __future__ import annotations

import pytest

from grants.structures.service import create_structure
from tests.builders.dossiers import STRUCTURE, Counter
from tests.builders.reading import hidden, landed, said
from tests.builders.visitors import Visitor

SIRET, OTHER_SIRET = "73282932000074", "35600000000048"


@pytest.fixture
def pair(counter: Counter) -> tuple[int, int]:
    """A structure with a dossier that was granted an aid, and the same one recorded again."""
    counter.take_to("selectionne")
    one = counter.read().row["structure_id"]
    with counter.database.unit_of_work() as session:
        form = {"nom": STRUCTURE, "siret": SIRET, "commune": "Lattes"}
        return one, create_structure(session, counter.charge, form, counter.now)


def test_a_double_is_suggested_compared_merged_and_taken_apart(
    charge: Visitor, pair: tuple[int, int]
) -> None:
    one, two = pair
    shown = charge.get(f"/structures/{one}")
    assert f'href="/structures/{one}/fusionner?avec={two}"' in shown.text
    url = f"/structures/{one}/fusionner"
    compared = charge.get(f"{url}?avec={two}")
    for expected in ("MP-2026-001", "Lattes", "Ce qui diffère entre les deux fiches"):
        assert expected in said(compared)
    papers = ("lock_version", "idempotency_key", "autre_version")
    form = {name: hidden(compared, url, name) for name in papers}
    answer = charge.post(url, {**form, "avec": str(two), "garder": str(one)})
    assert answer.headers["location"] == f"/structures/{one}"
    assert "n'en font plus qu'une" in landed(charge, answer)
    led = charge.get(f"/structures/{two}")
    assert led.headers["location"] == f"/structures/{one}"
    kept = charge.get(f"/structures/{one}")
    assert "732 829 320 00074" in said(kept)
    assert "Annuler cette fusion" in said(kept)
    undo = kept.text.split("/fusions/")[1].split("/annuler")[0]
    back = charge.post(f"/structures/{one}/fusions/{undo}/annuler")
    assert back.headers["location"] == f"/structures/{two}"
    again = charge.post(f"/structures/{one}/fusions/{undo}/annuler")
    assert again.status_code == 409
    assert "Cette fusion est déjà annulée." in said(again)


def test_an_undo_that_comes_too_late_says_why(
    charge: Visitor, counter: Counter, pair: tuple[int, int]
) -> None:
    one, two = pair
    url = f"/structures/{two}/fusionner"
    assert charge.post(url, {"avec": str(one), "garder": str(two)}).status_code == 303
    counter.do("classer_sans_suite", reason="Abandon.")
    kept = charge.get(f"/structures/{two}")
    assert "Elle ne peut plus être annulée : Le dossier MP-2026-001 a avancé depuis." in said(kept)
    assert "Annuler cette fusion" not in said(kept)


def test_two_sirets_wait_for_a_choice(charge: Visitor, counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        one, two = (
            create_structure(session, counter.charge, {"nom": nom, "siret": siret}, counter.now)
            for nom, siret in (("La Ruche", SIRET), ("La ruche", OTHER_SIRET))
        )
    url = f"/structures/{one}/fusionner"
    answer = charge.post(url, {"avec": str(two), "garder": str(one)})
    assert answer.status_code == 422
    assert "SIRET : choisissez lequel des deux est gardé." in said(answer)
    choice = {"siret": str(two), "nom": str(one)}
    assert charge.post(url, {"avec": str(two), "garder": str(one), **choice}).status_code == 303


@pytest.mark.parametrize("other", ["", "0", "-1", "²", "9" * 30, "abc", "999999"])
def test_another_structure_that_is_none_is_refused(
    charge: Visitor, pair: tuple[int, int], other: str
) -> None:
    url = f"/structures/{pair[0]}/fusionner"
    assert charge.post(url, {"avec": other}).status_code in (404, 409)
    assert charge.get(f"{url}?avec={other}").status_code in (200, 404)


def test_a_structure_is_not_merged_with_itself(charge: Visitor, pair: tuple[int, int]) -> None:
    url = f"/structures/{pair[0]}/fusionner"
    assert charge.post(url, {"avec": str(pair[0])}).status_code == 409
    assert charge.get(f"{url}?avec={pair[0]}").status_code == 404


def test_the_other_one_is_searched_for(charge: Visitor, pair: tuple[int, int]) -> None:
    shown = charge.get(f"/structures/{pair[0]}/fusionner?q=lattes")
    assert f"avec={pair[1]}" in shown.text
    assert "Aucune structure trouvée." in said(
        charge.get(f"/structures/{pair[0]}/fusionner?q=zzzz")
    )


def test_the_aid_of_three_years_is_told_with_its_dossiers(
    charge: Visitor, counter: Counter, pair: tuple[int, int]
) -> None:
    shown = said(charge.get(f"/structures/{pair[0]}"))
    for expected in ("Aides accordées sur trois ans", "De 2024 à 2026 18 000 €", "MP-2026-001"):
        assert expected in shown
    counter.do("resilier", by="direction", reason="Abandon.", montant_a_rembourser="5 000")
    assert "De 2024 à 2026 13 000 €" in said(charge.get(f"/structures/{pair[0]}"))


def test_what_was_given_up_is_no_aid(
    charge: Visitor, counter: Counter, pair: tuple[int, int]
) -> None:
    counter.do("classer_sans_suite", reason="Abandon.")
    shown = said(charge.get(f"/structures/{pair[0]}"))
    assert "Aucune aide n'a été accordée ici à cette structure de 2024 à 2026." in shown


def test_the_pieces_in_common_are_listed(charge: Visitor, pair: tuple[int, int]) -> None:
    shown = said(charge.get(f"/structures/{pair[0]}"))
    assert "Pièces communes" in shown
    assert "Validée" in shown
