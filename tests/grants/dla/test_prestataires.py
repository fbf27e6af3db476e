"""Prestataires: recorded once, changed, found, and proposed for what they know."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import Session

from api.composition import default_engine
from grants.dla.annuaire import (
    PrestataireFilters,
    PrestataireLine,
    prestataires_of,
    read_prestataire,
)
from grants.dla.fiche import COMPETENCES
from grants.dla.prestataires import PRESTATAIRES, modify_prestataire, record_prestataire
from grants.dla.suggestions import Needs, suggest
from grants.organisation.identity import ReadOnly
from grants.organisation.roles import LECTEUR
from tests.builders.offices import NOW, Office
from tests.builders.prestataires import FICHE
from workflow.errors import Invalid, NotFound, Stale

TODAY = NOW.date()
OTHER = {**FICHE, "nom": "Élan", "siret": "00009101700012", "email": "elan@elan.example"}


def lines(session: Session, office: Office, **narrowed: object) -> list[PrestataireLine]:
    filters = replace(PrestataireFilters(), **narrowed)
    return prestataires_of(session.connection(), office.id, filters, TODAY)


def test_a_prestataire_is_recorded_once_by_its_siret(session: Session, office: Office) -> None:
    by = office.identity()
    id = record_prestataire(session, by, FICHE, NOW, "une-fiche")
    assert record_prestataire(session, by, FICHE, NOW, "une-fiche") == id
    with pytest.raises(Invalid) as refused:
        record_prestataire(session, by, {**FICHE, "email": "autre@possibles.example"}, NOW)
    assert refused.value.faults == {
        "siret": "Ce SIRET est déjà celui de Atelier des possibles : modifiez sa fiche."
    }
    (line,) = lines(session, office)
    assert line.siret == "73282932000074"
    assert line.competences == ("gestion", "gouvernance")
    assert line.departements == ("34", "30")
    assert line.tarif_journalier == 800_00


def test_every_fault_of_a_fiche_is_told(session: Session, office: Office) -> None:
    wrong = {
        **FICHE,
        "siret": "732 829 320 00075",
        "competences": ["alchimie"],
        "departements": "34, 99",
        "tarif_journalier": "0",
        "email": "",
    }
    with pytest.raises(Invalid) as refused:
        record_prestataire(session, office.identity(), wrong, NOW)
    assert sorted(refused.value.faults) == sorted(set(wrong) - {"nom", "contact", "actif"})
    assert lines(session, office) == []


def test_a_change_is_kept_with_whom_to_write_to(session: Session, office: Office) -> None:
    by = office.identity()
    id = record_prestataire(session, by, FICHE, NOW)
    line = read_prestataire(session.connection(), office.id, id, TODAY)
    told = {**FICHE, "telephone": "01 99 00 12 34", "actif": "non"}
    assert modify_prestataire(session, by, id, told, NOW, line.version)
    assert not modify_prestataire(session, by, id, told, NOW)
    with pytest.raises(Stale):
        modify_prestataire(session, by, id, FICHE, NOW, line.version)
    assert modify_prestataire(session, by, id, {**told, "email": "neuf@possibles.example"}, NOW)
    after = read_prestataire(session.connection(), office.id, id, TODAY)
    assert (after.email, after.actif) == ("neuf@possibles.example", False)
    assert after.personne_id != line.personne_id
    assert PRESTATAIRES.read(session.connection(), office.id, id)["seq"] == 3


def test_a_reader_and_a_stranger_change_nothing(session: Session, office: Office) -> None:
    id = record_prestataire(session, office.identity(), FICHE, NOW)
    with pytest.raises(ReadOnly):
        modify_prestataire(session, office.identity(LECTEUR), id, OTHER, NOW)
    stranger = replace(office.identity(), organisme_id=office.id + 1)
    with pytest.raises(NotFound):
        modify_prestataire(session, stranger, id, OTHER, NOW)


def test_the_directory_is_narrowed_by_what_is_known(session: Session, office: Office) -> None:
    by = office.identity()
    record_prestataire(session, by, FICHE, NOW)
    elsewhere = {**OTHER, "competences": ["communication"], "departements": ""}
    record_prestataire(session, by, {**elsewhere, "secteurs": ["culture"], "actif": "non"}, NOW)

    def found(**narrowed: object) -> list[str]:
        return [line.nom for line in lines(session, office, **narrowed)]

    assert found() == ["Atelier des possibles", "Élan"]
    assert found(text="ELAN") == ["Élan"]
    assert found(text="732829") == ["Atelier des possibles"]
    assert found(competence="communication") == ["Élan"]
    assert found(departement="48") == ["Élan"]
    assert found(secteur="sport") == ["Atelier des possibles"]
    assert found(actif=True) == ["Atelier des possibles"]


def line_of(id: int, *competences: str, **known: object) -> PrestataireLine:
    blank = PrestataireLine(
        id=id,
        nom=f"P{id}",
        nom_cle=f"p{id}",
        siret="73282932000074",
        personne_id=id,
        contact="Camille Aubrac",
        email=None,
        telephone=None,
        competences=competences,
        secteurs=(),
        departements=(),
        tarif_journalier=None,
        realisations="",
        actif=True,
        version=1,
    )
    return replace(blank, **known)


def test_the_fittest_are_proposed_first_with_their_reasons() -> None:
    needs = Needs(("gestion", "projet"), "culture", "34")
    found = suggest(
        [
            line_of(1, "communication"),
            line_of(2, "gestion", departements=("48",)),
            line_of(3, "gestion", secteurs=("culture",), departements=("34",)),
            line_of(4, "gestion", "projet"),
            line_of(5, "gestion", "projet", actif=False),
            line_of(6, "gestion", "projet", comites=("Comité d’appui",)),
        ],
        needs,
    )
    assert [each.line.id for each in found] == [4, 3, 6, 2]
    assert found[0].reasons == (
        "Compétences : Gestion, Projet et stratégie",
        "Tous secteurs",
        "Se déplace partout",
    )
    assert found[1].reasons[1:] == ("Secteur : Culture", "Territoire : Hérault (34)")
    assert found[2].doubts == ("Siège au comité « Comité d’appui » : conflit d’intérêts possible",)
    assert found[3].doubts == ("N’intervient pas dans ce territoire : Hérault (34)",)


@pytest.mark.parametrize("key", ["dla_individuel", "dla_collectif"])
def test_skills_bear_the_keys_of_the_plan(key: str) -> None:
    loaded = default_engine().catalogue.latest(key)
    assert loaded is not None
    (asked,) = [each for each in loaded.pipeline.every_field() if each.key == "domaines"]
    assert [(each.key, each.label) for each in asked.choices] == [
        (each.key, each.label) for each in COMPETENCES
    ]
