"""Members of the association and their fees, as the pages are used."""

from __future__ import annotations

import pytest

from tests.builders.visitors import Visitor

STRUCTURE = {"nom": "Les Jardins du Lez"}


@pytest.fixture
def database_kind() -> str:
    """One kind: every address is walked on both."""
    return "sqlite"


@pytest.fixture
def structure(charge: Visitor) -> str:
    """The id of a structure."""
    answer = charge.post("/structures/nouvelle", STRUCTURE)
    return answer.headers["location"].rpartition("/")[2]


def test_a_member_is_recorded_found_told_of_its_fee_and_exported(
    charge: Visitor, lecteur: Visitor, structure: str
) -> None:
    assert "Aucun adhérent pour l’instant" in charge.get("/adherents").text
    said = {"structure_id": structure, "nature_iae": "aci", "debut": "2026-01-01"}
    answer = charge.post("/adherents/nouveau", said)
    assert answer.status_code == 303, answer.text
    url = answer.headers["location"]
    owed = {"annee": "2026", "due": "150", "payee": "", "payee_le": ""}
    assert charge.post(f"{url}/cotisations", owed).status_code == 303
    assert "Les Jardins du Lez" in lecteur.get("/adherents?impayes=2026&iae=oui").text
    paid = {**owed, "payee": "150", "payee_le": "2026-03-02"}
    assert charge.post(f"{url}/cotisations", paid).status_code == 303
    assert "Aucun adhérent ne correspond" in lecteur.get("/adherents?impayes=2026").text
    assert "Aucun adhérent ne correspond" in lecteur.get("/adherents?le=2025-12-31").text
    assert "ACI" in lecteur.get(url).text
    told = lecteur.get("/adherents/export.csv").content.decode("utf-8-sig")
    assert "Les Jardins du Lez;ACI" in told
    assert "150,00" in told
    assert lecteur.get("/adherents/export.xlsx").content.startswith(b"PK")
    assert lecteur.get(f"{url}/modifier").status_code == 403


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"structure_id": ""}, "Choisissez la structure ou la personne"),
        ({"fin": "2025-12-31"}, "finirait avant de commencer"),
        ({"debut": "2026-06-01"}, "Déjà adhérent depuis le"),
        ({"debut": "2025-01-01", "fin": "2026-01-01"}, "Déjà adhérent depuis le"),
    ],
)
def test_what_makes_no_sense_of_a_membership_is_refused_beside_its_field(
    charge: Visitor, structure: str, typed: dict[str, str], sentence: str
) -> None:
    said = {"structure_id": structure, "debut": "2026-01-01"}
    assert charge.post("/adherents/nouveau", said).status_code == 303
    answer = charge.post("/adherents/nouveau", {**said, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"due": "-5"}, "due"),
        ({"annee": "2025"}, "ne couvre pas cette année"),
        ({"payee": "10", "payee_le": ""}, "Indiquez le jour du paiement"),
        ({"payee": "10", "payee_le": "2099-01-01"}, "Cette date est à venir"),
    ],
)
def test_what_makes_no_sense_of_a_fee_is_refused_and_nothing_is_kept(
    charge: Visitor, structure: str, typed: dict[str, str], sentence: str
) -> None:
    said = {"structure_id": structure, "debut": "2026-01-01"}
    url = charge.post("/adherents/nouveau", said).headers["location"]
    fee = {"annee": "2026", "due": "150", "payee": "", "payee_le": ""}
    answer = charge.post(f"{url}/cotisations", {**fee, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Aucune cotisation notée" in answer.text
