"""Comités, their members and the enveloppes, as their pages are used."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.builders.offices import Office
from tests.builders.visitors import Visitor

MEMBER = {
    "nom": "Camille Aubrac",
    "email": "camille@region.example",
    "structure": "Conseil régional",
    "college": "Financeurs",
    "voix": "deliberative",
    "debut": "2026-01-01",
    "rang_presidence": "1",
}


@pytest.fixture
def database_kind() -> str:
    """One kind: the services are proved on both."""
    return "sqlite"


@pytest.fixture
def chief(new_visitor: Callable[..., Visitor], office: Office) -> Visitor:
    return new_visitor().enter(office.people["direction"], office.id)


def made(chief: Visitor, **rules: str) -> str:
    """A comité; its address."""
    form = {"nom": "CTS", "nature": "decision", "colleges": "Financeurs\nAssociations"}
    usual = {
        "quorum": "moitie",
        "majorite": "exprimes",
        "partage": "president",
        "pouvoirs": "1",
        "scrutin": "nominatif",
        "a_distance": "pendant",
        "montant_inferieur": "oui",
        "decompte_masque": "oui",
        "depassement": "non",
    }
    answer = chief.post("/comites/nouveau", {**form, **usual, **rules})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_comite_is_ruled_by_the_direction_and_peopled_by_the_team(
    chief: Visitor, charge: Visitor, lecteur: Visitor
) -> None:
    url = made(chief, scrutin="secret")
    assert "Personne ne peut présider" in charge.get(url).text
    assert charge.get(f"{url}/modifier").status_code == 403
    assert charge.post(f"{url}/membres/nouveau", MEMBER).status_code == 303
    shown = lecteur.get(url).text
    assert "Camille Aubrac" in shown
    assert "Conseil régional" in shown
    assert "Préside" in shown
    assert "Modifier" not in shown
    assert "Secret" in shown
    assert "Scrutin secret" in lecteur.get("/comites").text


def test_every_fault_of_a_member_is_told_beside_its_question(
    chief: Visitor, charge: Visitor
) -> None:
    url = made(chief)
    charge.post(f"{url}/membres/nouveau", MEMBER)
    wrong = {**MEMBER, "college": "Banques", "fin": "2025-01-01", "rang_presidence": "0"}
    answer = charge.post(f"{url}/membres/nouveau", wrong)
    assert answer.status_code == 422
    assert "Choisissez un collège de ce comité" in answer.text
    assert "Le mandat finirait avant de commencer" in answer.text
    again = charge.post(f"{url}/membres/nouveau", {**MEMBER, "rang_presidence": ""})
    assert again.status_code == 422
    assert "siège déjà dans ce comité" in again.text


def test_a_mandate_ends_and_stays_readable(chief: Visitor, charge: Visitor) -> None:
    url = made(chief)
    charge.post(f"{url}/membres/nouveau", MEMBER)
    found = re.search(rf'href="({url}/membres/\d+)"', charge.get(url).text)
    assert found
    mandate = {key: MEMBER[key] for key in ("structure", "college", "voix", "debut")}
    ended = charge.post(found[1], {**mandate, "fin": "2026-02-01"})
    assert ended.status_code == 303
    shown = charge.get(url).text
    assert "Mandats terminés (1)" in shown
    assert "Personne ne siège encore" in shown


def test_an_enveloppe_is_opened_once_for_a_funder_and_a_year(
    chief: Visitor, charge: Visitor
) -> None:
    form = {
        "dispositif": "microprojets",
        "annee": "2026",
        "financeur": "Région",
        "montant": "150 000",
    }
    assert chief.post("/enveloppes/nouvelle", form).status_code == 303
    twice = chief.post("/enveloppes/nouvelle", form)
    assert twice.status_code == 422
    assert "a déjà une enveloppe pour cette année" in twice.text
    shown = charge.get("/enveloppes").text.replace("\u202f", " ").replace("\xa0", " ")
    assert "150 000 €" in shown
    assert "Nouvelle enveloppe" not in shown
    assert charge.post("/enveloppes/nouvelle", form).status_code == 403
