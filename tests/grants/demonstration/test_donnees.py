from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from datetime import UTC, date, datetime

import phonenumbers
import pytest
from stdnum import iban
from stdnum.fr import siret

from grants.demonstration.donnees import (
    DOSSIER_2009,
    DOSSIER_VIVANTE,
    RAPPORT_2009,
    charger_2009,
    charger_vivante,
)
from grants.demonstration.fichiers import Demonstration
from workflow.calendar import is_working_day
from workflow.dates import from_paris, to_paris
from workflow.texts import fold, near_same

RAPPORT = tomllib.loads(RAPPORT_2009.read_text(encoding="utf-8"))["microprojets"]
PLAFOND = RAPPORT["plafond_euros"] * 100

UN_MERCREDI = date(2026, 3, 4)
JOURS_DE_CHARGEMENT = (
    UN_MERCREDI,
    date(2026, 4, 6),  # Easter Monday
    date(2026, 5, 10),  # a Sunday after two bank holidays
    date(2026, 12, 25),
    date(2027, 1, 1),
    date(2027, 3, 28),  # the clocks change
    date(2028, 2, 29),
    date(2029, 7, 14),
)


@pytest.fixture(scope="module")
def annee_2009() -> Demonstration:
    return charger_2009()


@pytest.fixture(scope="module")
def vivante() -> Demonstration:
    return charger_vivante(UN_MERCREDI)


@pytest.fixture(params=["2009", "vivante"])
def toute(request: pytest.FixtureRequest) -> Demonstration:
    name = "annee_2009" if request.param == "2009" else "vivante"
    return request.getfixturevalue(name)


def test_2009_holds_the_three_seances_of_the_report(annee_2009: Demonstration) -> None:
    jours = sorted(to_paris(seance.le).date() for seance in annee_2009.seances)
    assert len(jours) == RAPPORT["seances_cts"]
    assert f"{jours[0]:%Y-%m}" == RAPPORT["lancement"]
    assert {jour.year for jour in jours} == {2009}


def test_each_seance_of_2009_decided_on_dossiers(annee_2009: Demonstration) -> None:
    decides = {
        fait.champs["seance"]
        for dossier in annee_2009.dossiers
        for fait in dossier.faits
        if fait.action == "inscrire_cts"
    }
    assert decides == {seance.cle for seance in annee_2009.seances}


def test_the_six_selected_take_the_name_object_and_place_of_the_report(
    annee_2009: Demonstration,
) -> None:
    noms = {structure.cle: structure.nom for structure in annee_2009.structures}
    retenus = {}
    for dossier in annee_2009.dossiers:
        if (dossier.pipeline, dossier.etape) == ("microprojets", "clos") and dossier.structure:
            (projet,) = [fait.champs for fait in dossier.faits if fait.fiche == "projet"]
            assert projet["objet"] == dossier.objet
            retenus[noms[dossier.structure]] = (dossier.objet, projet["lieu"])
    assert retenus == {
        selection["association"]: (selection["objet"], selection["lieu"])
        for selection in RAPPORT["selection"]
    }


def test_the_first_project_selected_is_the_one_the_report_names(annee_2009: Demonstration) -> None:
    (premier, *_autres) = sorted(
        (fait.le, dossier.titre, dossier.structure)
        for dossier in annee_2009.dossiers
        for fait in dossier.faits
        if fait.action == "selectionner"
    )
    assert premier[1:] == ("Energie durable pour tous", "azzura-lights")
    assert f"{to_paris(premier[0]):%Y-%m}" == RAPPORT["lancement"]


def test_every_dossier_of_2009_has_its_ending_by_2011(annee_2009: Demonstration) -> None:
    counted = Counter(dossier.pipeline for dossier in annee_2009.dossiers)
    assert counted["microprojets"] == RAPPORT["contacts"]
    for dossier in annee_2009.dossiers:
        assert dossier.faits[-1].le < datetime(2011, 12, 31, 23, tzinfo=UTC)


def test_what_the_report_does_not_give_says_that_it_is_invented(toute: Demonstration) -> None:
    assert all(dossier.invente for dossier in toute.dossiers)
    assert all(seance.invente for seance in toute.seances)
    microprojets = [each for each in toute.dossiers if each.pipeline == "microprojets"]
    attestes = [dossier.cle for dossier in microprojets if dossier.atteste]
    assert len(attestes) == (0 if toute.organisme.fictif else RAPPORT["selectionnes"])


def test_in_2009_nobody_invents_a_registration_number(annee_2009: Demonstration) -> None:
    assert all(not (s.siret or s.rna or s.site) for s in annee_2009.structures)


def test_projects_and_conventions_last_forwards(toute: Demonstration) -> None:
    for dossier in toute.dossiers:
        for fait in dossier.faits:
            debut, fin = fait.champs.get("date_debut"), fait.champs.get("date_fin")
            if isinstance(debut, date) and isinstance(fin, date):
                assert debut < fin, dossier.cle
            if fait.action == "conventionner":
                signee = fait.champs["convention_signee_le"]
                assert isinstance(signee, date)
                assert signee <= to_paris(fait.le).date()


def test_ibans_are_of_fiction_and_valid(toute: Demonstration) -> None:
    comptes = {
        (dossier.structure, fait.champs["iban"])
        for dossier in toute.dossiers
        for fait in dossier.faits
        if "iban" in fait.champs
    }
    assert len(comptes) == len({structure for structure, _ in comptes}) > 5
    # No bank has the code 99999.
    assert all(iban.is_valid(str(numero)) for _, numero in comptes)
    assert all(iban.compact(str(numero))[4:9] == "99999" for _, numero in comptes)


def test_every_porteur_of_2009_is_reachable(annee_2009: Demonstration) -> None:
    assert all(p.courriel or p.telephone for p in annee_2009.personnes)


def test_phone_numbers_are_of_fiction_and_accepted_by_phone_libraries(
    toute: Demonstration,
) -> None:
    numeros = [p.telephone for p in toute.personnes if p.telephone]
    assert len(set(numeros)) == len(numeros) > 20
    for numero in numeros:
        assert phonenumbers.is_valid_number(phonenumbers.parse(numero, "FR"))


def test_people_have_distinct_names_and_addresses(toute: Demonstration) -> None:
    noms = [fold(f"{p.prenom} {p.nom}") for p in (*toute.personnes, *toute.comptes)]
    courriels = [p.courriel for p in (*toute.personnes, *toute.comptes) if p.courriel]
    assert len(set(noms)) == len(noms)
    assert len(set(courriels)) == len(courriels)


def test_sirets_of_fiction_are_valid_and_never_allotted(vivante: Demonstration) -> None:
    numeros = [s.siret for s in vivante.structures if s.siret]
    assert len(set(numeros)) == len(numeros) > 20
    assert all(siret.is_valid(numero) and numero.startswith("00000") for numero in numeros)


def test_nobody_of_the_real_team_is_named() -> None:
    # Digests, so that this file does not name them either.
    equipe = {
        "388c12d9e0f14b51",
        "e9b71991b7f947a3",
        "37c09a789ef34baf",
        "2399dfaae5abeda0",
        "0e600316353d08c6",
        "1059476316377fa3",
        "3e0ea665d8867184",
        "c0fa68a6f50603dd",
    }
    mots = {
        mot
        for dossier in (DOSSIER_2009, DOSSIER_VIVANTE)
        for chemin in dossier.glob("*.toml")
        for mot in re.findall(r"\w+", fold(chemin.read_text(encoding="utf-8")))
    }
    assert len(mots) > 1000
    assert not {hashlib.sha256(mot.encode()).hexdigest()[:16] for mot in mots} & equipe


def test_the_living_organisme_has_its_microprojets(
    vivante: Demonstration,
) -> None:
    microprojets = [d for d in vivante.dossiers if d.pipeline == "microprojets"]
    assert len(microprojets) == 43


def test_the_living_organisme_shows_the_other_pipelines_too(vivante: Demonstration) -> None:
    autres = Counter(d.pipeline for d in vivante.dossiers if d.pipeline != "microprojets")
    assert autres.keys() == {"dla_individuel", "dla_collectif", "iae_structures", "iae_porteurs"}
    assert autres.total() == 12


def test_a_reoriented_dossier_is_followed_where_it_went(vivante: Demonstration) -> None:
    dossiers = {dossier.cle: dossier for dossier in vivante.dossiers}
    (suite,) = [dossier for dossier in vivante.dossiers if dossier.issu_de]
    assert suite.issu_de is not None
    origine = dossiers[suite.issu_de]
    reorientation = origine.faits[-1]
    assert reorientation.action == "reorienter"
    assert reorientation.champs["destination"] == suite.pipeline
    assert suite.contact_le > reorientation.le
    assert suite.structure == origine.structure


def test_three_living_cts_were_held_one_is_open_two_are_to_come_and_a_comite_d_appui(
    vivante: Demonstration,
) -> None:
    chargement = datetime(2026, 3, 3, 23, tzinfo=UTC)
    cts = [seance for seance in vivante.seances if seance.comite == "CTS"]
    tenues = [s for s in cts if s.le < chargement]
    assert [s.cle for s in vivante.seances if s.etat == "ouverte"] == ["cts-du-jour"]
    a_venir = [s for s in vivante.seances if s.le > chargement and s.etat != "ouverte"]
    assert (len(tenues), len(a_venir)) == (3, 3)
    assert [s.comite for s in a_venir if s not in cts] == ["Comité d'appui"]
    assert all(seance.cloture_inscriptions > UN_MERCREDI for seance in a_venir)


def test_the_living_demonstration_has_what_each_screen_must_show(vivante: Demonstration) -> None:
    demandes = [d for d in vivante.dossiers if (d.montant_demande or 0) > PLAFOND]
    par_structure = Counter(d.structure for d in vivante.dossiers if d.structure)
    noms = [s.nom for s in vivante.structures]
    proches = [(a, b) for i, a in enumerate(noms) for b in noms[i + 1 :] if near_same(a, b)]
    assert {d.etape for d in demandes} >= {"contact", "accompagnement"}
    assert any(not p.courriel and p.telephone for p in vivante.personnes)
    assert any(not p.courriel and not p.telephone for p in vivante.personnes)
    assert any(d.structure is None for d in vivante.dossiers)
    assert sum(n > 1 for n in par_structure.values()) >= 3
    assert proches == [("Les Jardins de l'Étang", "Le Jardin de l'Étang")]
    assert sum(bool(f.note) for d in vivante.dossiers for f in d.faits) > 20


@pytest.mark.parametrize("chargement", JOURS_DE_CHARGEMENT, ids=str)
def test_loaded_on_any_day_the_living_past_is_past_and_its_future_to_come(
    chargement: date,
) -> None:
    demonstration = charger_vivante(chargement)
    minuit = from_paris(datetime.combine(chargement, datetime.min.time()))
    faits = [fait for dossier in demonstration.dossiers for fait in dossier.faits]
    assert all(fait.le < minuit for fait in faits)
    assert all(dossier.contact_le < minuit for dossier in demonstration.dossiers)
    attendus = [
        fait.champs["rendez_vous"]
        for dossier in demonstration.dossiers
        if dossier.etape == "accueil"
        for fait in dossier.faits
        if fait.action == "accueillir"
    ]
    a_venir = [r for r in attendus if isinstance(r, datetime) and r >= minuit]
    assert len(a_venir) == 2
    others = [seance for seance in demonstration.seances if seance.etat != "ouverte"]
    assert sum(seance.le >= minuit for seance in others) == 3


def test_a_relative_day_falls_on_a_working_day() -> None:
    demonstration = charger_vivante(date(2026, 5, 10))
    assert all(is_working_day(seance.cloture_inscriptions) for seance in demonstration.seances)
    # 28 days before Sunday 10 May 2026 is Sunday 12 April: the Friday before is taken.
    (dernier,) = [s for s in demonstration.seances if s.cle == "cts-dernier"]
    assert dernier.le == datetime(2026, 4, 10, 12, 0, tzinfo=UTC)
