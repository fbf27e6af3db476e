from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from grants.demonstration.donnees import DonneesInvalides, charger
from grants.demonstration.fichiers import Demonstration

FICHIER = """
[organisme]
cle = "essai"
nom = "Essai"
nom_complet = "Essai"
adresse = "1 rue de l'Essai"
code_postal = "34000"
commune = "Montpellier"
telephone = "04 65 71 10 10"
courriel = "accueil@essai.example"
region = "Occitanie"
departements = ["34"]
fictif = true

[[compte]]
cle = "direction"
prenom = "Aline"
nom = "Essai"
courriel = "aline@essai.example"
role = "direction"

[[seance]]
cle = "cts"
le = 2009-07-09T14:00:00
lieu = "Montpellier"
cloture_inscriptions = 2009-06-25
invente = true

[[personne]]
cle = "porteur"
prenom = "Paul"
nom = "Essai"

[[dossier]]
cle = "dossier"
pipeline = "microprojets"
etape = "cts"
porteur = "porteur"
referent = "direction"
ouvert_par = "direction"
contact_le = 2009-06-08T10:00:00
origine = "partenaire"
titre = "Titre"
objet = "Objet"
montant_demande = "10 000,00"
cout_total = "15 000,00"
invente = true

[[dossier.fait]]
le = 2009-06-22T10:00:00
action = "inscrire_cts"
acteur = "direction"
champs.seance = "cts"
"""


def charger_texte(dossier: Path, texte: str, chargement: date | None = None) -> Demonstration:
    (dossier / "essai.toml").write_text(texte, encoding="utf-8")
    return charger(dossier, chargement=chargement)


def test_a_file_without_fault_is_loaded_with_typed_values(tmp_path: Path) -> None:
    (dossier,) = charger_texte(tmp_path, FICHIER).dossiers
    assert dossier.montant_demande == 1_000_000
    assert dossier.contact_le == datetime(2009, 6, 8, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("avant", "apres", "faute"),
    [
        ("10 000,00", "1,000", "montant_demande"),
        ("10 000,00", "16 000,00", "demandés, plus que le coût"),
        ("aline@essai.example", "aline@gmail.com", "courriel : une adresse de démonstration"),
        ('role = "direction"', 'role = "chef"', "compte direction, role"),
        ('nom = "Essai"\n\n', 'nom = "Essai"\ntelephone = "06 12 34 56 78"\n\n', "ARCEP"),
        ('referent = "direction"', 'referent = "personne"', "personne n'est pas dans les comptes"),
        ("2009-06-22T10:00:00", "2009-06-08T09:00:00", "n'est pas après ce qui précède"),
        ("2009-06-22T10:00:00", "2009-06-20T10:00:00", "le bureau est fermé"),
        ("2009-06-22T10:00:00", "2009-06-26T10:00:00", "aucune séance ouverte"),
        ("2009-07-09T14:00:00", "2009-07-14T14:00:00", "le bureau est fermé"),
        ('action = "inscrire_cts"', 'action = "ajourner"', "il manque le motif"),
        ('action = "inscrire_cts"', 'action = "refuser"', "la séance ne s'est pas tenue"),
        ('action = "inscrire_cts"', "", "une action, une fiche, un plan ou une note"),
        ("2009-06-22T10:00:00", '{ j = -3, heure = "10:00" }', "depuis le chargement"),
        ("2009-06-22T10:00:00", '"demain"', "écrivez un moment"),
        ('titre = "Titre"\n', "", "titre : cette clé manque"),
        ('origine = "partenaire"', 'origine = "Mairie"', "« Mairie » n'est pas dans la liste"),
        (
            'origine = "partenaire"\n',
            'origine = "partenaire"\nage = 3\n',
            "age : cette clé est inconnue",
        ),
        ("[organisme]", "[organisme", "essai.toml"),
    ],
)
def test_a_fault_is_named_with_its_place(
    tmp_path: Path, avant: str, apres: str, faute: str
) -> None:
    assert avant in FICHIER
    with pytest.raises(DonneesInvalides, match=re.escape(faute)):
        charger_texte(tmp_path, FICHIER.replace(avant, apres))


def test_every_fault_of_every_file_is_listed_at_once(tmp_path: Path) -> None:
    (tmp_path / "autre.toml").write_text('[[personne]]\ncle = "É"\n', encoding="utf-8")
    texte = FICHIER.replace('role = "direction"', 'role = "chef"')
    with pytest.raises(DonneesInvalides) as refus:
        charger_texte(tmp_path, texte.replace("10 000,00", "dix mille"))
    fautes = refus.value.fautes
    assert len(fautes) == 5
    assert {faute.split(" : ")[0] for faute in fautes} == {"autre.toml", "essai.toml"}


@pytest.mark.parametrize(
    ("champ", "faute"),
    [
        ("champs.montant_accorde = 12000", "écrivez un montant"),
        ('champs.montant_accorde = "12 000,00"', "accordés, plus que demandé"),
        ("champs.rendez_vous = 2009-06-21T10:00:00", "ne peut pas se tenir"),
        ("champs.rendez_vous = 2009-06-28T10:00:00", "ne peut pas se tenir"),
    ],
)
def test_a_field_that_cannot_be_is_named(tmp_path: Path, champ: str, faute: str) -> None:
    with pytest.raises(DonneesInvalides, match=re.escape(faute)):
        charger_texte(tmp_path, f"{FICHIER}{champ}\n")


@pytest.mark.parametrize("heure", ['"8:00"', '"24:00"', '"midi"', "9"])
def test_an_hour_is_written_in_full(tmp_path: Path, heure: str) -> None:
    texte = FICHIER.replace("2009-06-22T10:00:00", f"{{ j = -3, heure = {heure} }}")
    with pytest.raises(DonneesInvalides, match="écrivez une heure comme 09:30"):
        charger_texte(tmp_path, texte, chargement=date(2009, 6, 24))


def test_the_same_key_twice_is_a_fault(tmp_path: Path) -> None:
    doublon = '\n[[personne]]\ncle = "porteur"\nprenom = "Anne"\nnom = "Essai"\n'
    with pytest.raises(DonneesInvalides, match="la clé porteur sert 2 fois"):
        charger_texte(tmp_path, FICHIER + doublon)


def test_a_folder_without_organisme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DonneesInvalides, match="il faut un organisme et un seul"):
        charger(tmp_path)
