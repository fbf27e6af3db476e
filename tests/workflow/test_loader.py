"""Nothing starts on a faulty file, and every fault of every file is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.toys import WORKSHOP, toy_vocabulary
from workflow.loader import Catalogue, FaultyPipelines, load_pipelines

HEADING = """
key = "jouet"
version = 1
label = "Jouet"
dispositif = "jouets"
prefix = "JO"
initial = "a"
[[phase]]
key = "p"
label = "P"
"""
A_TO_B = """
[[stage]]
key = "a"
label = "A"
phase = "p"
[[stage]]
key = "b"
label = "B"
phase = "p"
final = true
[[action]]
key = "avancer"
label = "Avancer"
from = "a"
to = "b"
roles = ["relieur"]
"""


def load(folder: Path, **files: str) -> Catalogue:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return load_pipelines([folder], toy_vocabulary())


def faults(folder: Path, **files: str) -> list[str]:
    with pytest.raises(FaultyPipelines) as caught:
        load(folder, **files)
    return [str(fault) for fault in caught.value.faults]


def test_a_sound_file_is_loaded_and_found_by_key_and_version(tmp_path: Path) -> None:
    catalogue = load(tmp_path, reliure=WORKSHOP)
    found = catalogue.latest("reliure")
    assert found is not None
    assert found is catalogue.get("reliure", 1)
    assert found.file == "reliure.toml"
    assert found.pipeline.stage("sechage").label == "Séchage"
    assert catalogue.latest("inconnu") is None
    assert catalogue.get("reliure", 2) is None


def test_several_versions_live_side_by_side_and_new_subjects_take_the_highest(
    tmp_path: Path,
) -> None:
    catalogue = load(
        tmp_path,
        reliure_10=WORKSHOP.replace("version = 1", "version = 10"),
        reliure_2=WORKSHOP.replace("version = 1", "version = 2"),
    )
    latest = catalogue.latest("reliure")
    assert latest is not None
    assert latest.pipeline.version == 10
    assert [each.pipeline.version for each in catalogue.every()] == [2, 10]
    assert [each.version for each in catalogue.current()] == [10]
    assert catalogue.machine("reliure", 2).pipeline.version == 2


def test_what_editors_change_by_themselves_changes_nothing(tmp_path: Path) -> None:
    plain = load(tmp_path, reliure=WORKSHOP).latest("reliure")
    windows = "\ufeff" + WORKSHOP.replace("\n", "\r\n")
    (tmp_path / "reliure.toml").write_bytes(windows.encode())
    loaded = load_pipelines([tmp_path], toy_vocabulary()).latest("reliure")
    assert plain is not None
    assert loaded is not None
    assert loaded.digest == plain.digest
    assert loaded.pipeline == plain.pipeline


def test_a_changed_file_has_another_digest(tmp_path: Path) -> None:
    first = load(tmp_path, reliure=WORKSHOP).latest("reliure")
    second = load(tmp_path, reliure=WORKSHOP.replace("Séchage", "Étuve")).latest("reliure")
    assert first is not None
    assert second is not None
    assert first.digest != second.digest


def test_a_dozen_faults_of_one_file_are_all_told_with_their_key_and_remedy(
    tmp_path: Path,
) -> None:
    text = """
key = "jouet"
version = "1"
label = "Jouet"
dispositif = "jouets"
prefix = "jo"
initial = "a"
couleur = "rouge"
[parameters.limite]
label = "Limite"
type = "entier"
default = "douze"
[parameters.sans_type]
label = "Sans type"
[[phase]]
key = "p"
label = "P"
[[sheet]]
key = "fiche"
label = "Fiche"
[[sheet.field]]
key = "Nom"
label = "Nom"
type = "texte"
[[stage]]
key = "a"
label = ""
phase = "p"
final = "non"
[[stage]]
key = "*"
label = "Toutes"
phase = "p"
[[action]]
key = "avancer"
label = "Avancer"
from = "a"
to = "b"
roles = ["relieur"]
guards = ["livre present", "inconnue"]
letters = ["lettre_absente"]
tone = "vif"
[[action]]
label = "Sans clé"
from = "a"
to = "a"
[[action]]
key = "dater"
label = "Dater"
from = "a"
to = "a"
roles = ["relieur"]
effects = ["inconnu"]
[action.timer]
after = 15
[[action.field]]
key = "jour"
label = "Jour"
type = "jour"
required = 1
"""
    told = [fault.removeprefix("jouet.toml · ") for fault in faults(tmp_path, jouet=text)]
    assert told == [
        "version : un nombre entier est attendu → écrivez un nombre sans guillemets",
        "prefix : nom mal formé → deux à cinq majuscules",
        "parameters.sans_type.type : il manque cette clé → ajoutez-la",
        "sheet.fiche.field.Nom.key : nom mal formé → des minuscules sans accent, chiffres et _",
        "stage.a.label : texte vide → écrivez au moins un caractère",
        "stage.a.final : vrai ou faux est attendu → écrivez true ou false",
        "stage.*.key : nom mal formé → des minuscules sans accent, chiffres et _",
        "action.avancer.guards : « livre present » ne s'écrit pas nom ou nom(argument)"
        " → corrigez cette valeur",
        "action.avancer.tone : valeur inconnue"
        " → choisissez une des valeurs admises : 'avance', 'retour', 'sortie' ou 'correction'",
        "action.n° 2.key : il manque cette clé → ajoutez-la",
        "action.dater.field.jour.required : vrai ou faux est attendu → écrivez true ou false",
        "action.dater.timer.after : Écrivez un délai comme « 15 jours ouvrés », « -2 jours ouvrés »"
        " ou « 30 jours »."
        " → corrigez cette valeur",
        "couleur : clé inconnue → retirez-la ou corrigez son nom",
        "action.avancer.to : étape inconnue « b » → nommez une étape du fichier ou « @precedente »",
        "parameters.limite.default : valeur par défaut refusée"
        " → Écrivez un nombre entier, sans virgule, comme 12.",
        "action.avancer.letters : lettre inconnue « lettre_absente »"
        " → ajoutez-la au catalogue des lettres",
        "action.dater.field.jour.type : type inconnu « jour »"
        " → connus : choix, choix_multiple, date, date_heure, delais, email, entier, montant, "
        "nombre, oui_non, rna, siret, telephone, texte, texte_long, url",
        "action.dater.effects : nom inconnu « inconnu » → connus : colorer, dorer",
    ]


def test_two_files_that_describe_the_same_version_are_told_apart(tmp_path: Path) -> None:
    assert faults(tmp_path, a=WORKSHOP, b=WORKSHOP) == [
        "b.toml · version : reliure version 1 est déjà dans a.toml → augmentez le numéro de version"
    ]


def test_a_fault_of_form_does_not_hide_that_another_file_describes_the_same_version(
    tmp_path: Path,
) -> None:
    told = faults(tmp_path, a=WORKSHOP, b=WORKSHOP.replace("final = true", "final = 1", 1))
    assert told == [
        "b.toml · stage.rendu.final : vrai ou faux est attendu → écrivez true ou false",
        "b.toml · version : reliure version 1 est déjà dans a.toml"
        " → augmentez le numéro de version",
    ]


def test_each_unreadable_file_is_named_with_the_others(tmp_path: Path) -> None:
    (tmp_path / "a_latin.toml").write_bytes('label = "Été"'.encode("latin-1"))
    (tmp_path / "b_casse.toml").write_text('key = "a"\nlabel =\n', "utf-8")
    (tmp_path / "c_ouvert.toml").write_text('key = "a', "utf-8")
    (tmp_path / "d_dossier.toml").mkdir()
    assert faults(tmp_path, e_vide="", f_bon=WORKSHOP)[:4] == [
        "a_latin.toml · fichier : encodage illisible → enregistrez le fichier en UTF-8",
        "b_casse.toml · fichier : ce n'est pas du TOML, ligne 2, colonne 8"
        " → corrigez la syntaxe à cet endroit",
        "c_ouvert.toml · fichier : ce n'est pas du TOML, à la fin du fichier"
        " → corrigez la syntaxe à cet endroit",
        "d_dossier.toml · fichier : lecture impossible (Is a directory)"
        " → vérifiez le fichier et ses droits",
    ]


def test_an_empty_file_is_told_each_key_that_it_lacks(tmp_path: Path) -> None:
    told = faults(tmp_path, vide="")
    lacking = ("key", "version", "label", "dispositif", "prefix", "initial", "phase", "stage")
    assert told == [f"vide.toml · {key} : il manque cette clé → ajoutez-la" for key in lacking]


def test_a_folder_without_any_file_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "ailleurs").mkdir()
    with pytest.raises(FaultyPipelines) as caught:
        load_pipelines([tmp_path / "ailleurs", tmp_path / "absent"], toy_vocabulary())
    remedy = "mettez-y au moins un fichier .toml, ou corrigez le chemin"
    assert [str(fault) for fault in caught.value.faults] == [
        f"ailleurs · dossier : aucun dispositif à cet endroit → {remedy}",
        f"absent · dossier : aucun dispositif à cet endroit → {remedy}",
    ]


def test_the_error_itself_lists_everything_for_whoever_starts_the_program(tmp_path: Path) -> None:
    with pytest.raises(FaultyPipelines) as caught:
        load(tmp_path, jouet=HEADING + A_TO_B.replace('to = "b"', 'to = "c"'))
    assert str(caught.value) == (
        "Des dispositifs, ou leurs lettres, sont mal décrits ; rien ne démarre avant correction.\n"
        "  jouet.toml · action.avancer.to : étape inconnue « c »"
        " → nommez une étape du fichier ou « @precedente »\n"
        "  jouet.toml · stage.a : aucune suite d'actions ne mène d'ici à une fin"
        " → ajoutez une action qui mène à une étape finale\n"
        "  jouet.toml · stage.b : aucune action n'y mène"
        " → ajoutez une action, ou retirez l'étape"
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('from = "a"', "from = 3", "action.avancer.from : une liste est attendue"),
        ('roles = ["relieur"]', 'roles = "relieur"', "action.avancer.roles : une liste"),
        ('roles = ["relieur"]', "roles = [1]", "action.avancer.roles : un texte est attendu"),
        ('label = "Avancer"', f'label = "{"A" * 121}"', "action.avancer.label : texte trop long"),
        ('key = "avancer"', 'key = "Avancer!"', "action.Avancer!.key : nom mal formé"),
        ('key = "avancer"', 'key = "avancer"\nguards = [3]', "action.avancer.guards : « 3 »"),
        ('key = "avancer"', 'key = "avancer"\nreason = "oui"', "action.avancer.reason : vrai"),
        ('key = "avancer"', 'key = "avancer"\ntimer = 3', "action.avancer.timer : une table"),
        ("final = true", "final = true\neditable = { Fiche = [] }", "stage.b.editable.Fiche"),
        ("final = true", "final = true\nreminder = [3]", "stage.b.reminder : une table"),
        ("version = 1", "version = 0", "version : nombre trop petit → écrivez 1 ou plus"),
        ("version = 1", "version = true", "version : un nombre entier est attendu"),
        ("version = 1", "version = 1\nparameters = 3", "parameters : une liste est attendue"),
        ("version = 1", "version = 1\nparameters = { a = 3 }", "parameters.a : une table"),
        ("version = 1", "version = 1\nstages = []", "stages : clé inconnue"),
    ],
)
def test_a_value_of_the_wrong_type_is_told_in_french(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    text = HEADING + A_TO_B
    assert before in text
    found = faults(tmp_path, jouet=text.replace(before, after, 1))
    assert any(fault.startswith(f"jouet.toml · {told}") for fault in found), found


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ('letter = "avis"', "indiquez soit « at », soit « every », l'un des deux"),
        (
            'at = ["1 jour"]\nevery = "1 jour"\nletter = "avis"',
            "indiquez soit « at », soit « every », l'un des deux",
        ),
        ('at = ["1 jour"]', "indiquez une lettre (« letter ») ou une tâche (« task »)"),
        (
            'at = ["1 jour"]\nletter = "avis"\ntask = "Appeler"',
            "indiquez une lettre (« letter ») ou une tâche (« task »), pas les deux",
        ),
        ('at = ["un mois"]\nletter = "avis"', "Écrivez un délai comme « 15 jours ouvrés »"),
        ('at = [15]\nletter = "avis"', "Écrivez un délai comme « 15 jours ouvrés »"),
        ('every = "1 jour"\nat_most = 0\nletter = "avis"', "nombre trop petit"),
        ('every = "1 jour"\nat_most = 51\nletter = "avis"', "nombre trop grand"),
    ],
)
def test_a_reminder_that_says_too_little_is_told(tmp_path: Path, rule: str, told: str) -> None:
    text = HEADING + A_TO_B
    reminder = f'[[stage.reminder]]\nkey = "r"\nlabel = "R"\n{rule}\n[[action]]'
    found = faults(tmp_path, jouet=text.replace("[[action]]", reminder, 1))
    assert len(found) == 1
    assert found[0].startswith("jouet.toml · stage.b.reminder.r")
    assert told in found[0]
