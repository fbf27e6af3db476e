"""The directory of prestataires, as its pages are used."""

from __future__ import annotations

import pytest

from tests.builders.prestataires import FICHE
from tests.builders.visitors import Visitor


@pytest.fixture
def database_kind() -> str:
    """One kind: the services are proved on both."""
    return "sqlite"


def test_a_prestataire_is_recorded_found_changed_and_exported(
    charge: Visitor, lecteur: Visitor
) -> None:
    assert "Aucun prestataire pour l’instant" in charge.get("/prestataires").text
    answer = charge.post("/prestataires/nouveau", FICHE)
    assert answer.status_code == 303, answer.text
    url = answer.headers["location"]
    twice = charge.post("/prestataires/nouveau", {**FICHE, "nom": "Le même"})
    assert twice.status_code == 422
    assert "Ce SIRET est déjà celui de" in twice.text
    assert "Atelier des possibles" in lecteur.get("/prestataires?competence=gestion").text
    assert "Aucun prestataire ne correspond" in lecteur.get("/prestataires?departement=48").text
    assert lecteur.get(f"{url}/modifier").status_code == 403
    assert charge.post(f"{url}/modifier", {**FICHE, "actif": "non"}).status_code == 303
    shown = lecteur.get(url).text
    assert "Mis de côté" in shown
    assert "Gestion, Gouvernance" in shown
    told = lecteur.get("/prestataires/export.csv?actif=non").content.decode("utf-8-sig")
    assert "Atelier des possibles;73282932000074;Camille Aubrac" in told
    assert "800,00" in told
    assert lecteur.get("/prestataires/export.xlsx").content.startswith(b"PK")
    assert lecteur.get("/prestataires/export.csv?actif=oui").text.count("\r\n") == 1
