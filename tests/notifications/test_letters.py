"""The catalogue of letters: one Markdown file each, all faults of all files told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.composition import LETTERS
from notifications.letter_source import digest_of_source
from notifications.letters import FaultyCatalogue, load_letters

FILE = """+++
title = "Notification d’accord"
to = "porteur"
release = "a_valider"
channels = ["courriel", "papier"]
subject = "Votre projet {{ dossier.titre }} est retenu"
signatory = "direction"
attachments = ["lettre.pdf"]
emblems = true
+++
{{ porteur.civilite | appel }},

Le comité a retenu votre projet.
"""


def written(folder: Path, name: str, text: str | bytes) -> None:
    path = folder / "jeu" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def faults(folder: Path) -> str:
    with pytest.raises(FaultyCatalogue) as refused:
        load_letters([folder])
    return str(refused.value)


def test_a_letter_is_its_front_matter_and_its_text(tmp_path: Path) -> None:
    written(tmp_path, "accord.md", FILE)
    letter = load_letters([tmp_path])["accord"]
    assert (letter.key, letter.dispositif, letter.to) == ("accord", "jeu", "porteur")
    assert letter.subject == "Votre projet {{ dossier.titre }} est retenu"
    assert letter.source.startswith(
        "Objet : Votre projet {{ dossier.titre }} est retenu\n\n{{ porteur.civilite | appel }},\n"
    )
    assert letter.source.endswith("votre projet.\n")
    assert (letter.emblems, letter.signatory, letter.letterhead) == (True, "direction", True)
    assert letter.digest == digest_of_source(letter.source)


def test_what_a_windows_editor_adds_changes_nothing(tmp_path: Path) -> None:
    written(tmp_path, "accord.md", FILE)
    (plain,) = load_letters([tmp_path]).values()
    written(tmp_path, "accord.md", b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    assert load_letters([tmp_path])["accord"] == plain


def test_a_changed_text_or_subject_is_another_version(tmp_path: Path) -> None:
    digests = set()
    for text in (FILE, FILE.replace("retenu", "accepté"), FILE.replace("Le comité", "Le CTS")):
        written(tmp_path, "accord.md", text)
        digests.add(load_letters([tmp_path])["accord"].digest)
    assert len(digests) == 3


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, "sans_en_tete.md", "Bonjour.\n")
    written(tmp_path, "encodage.md", FILE.encode("latin-1", "replace"))
    written(tmp_path, "toml.md", FILE.replace('title = "', "title = "))
    written(tmp_path, "inconnus.md", FILE.replace('to = "porteur"', 'to = "voisin"\nton = 1'))
    written(tmp_path, "manques.md", FILE.replace('release = "a_valider"\n', ""))
    written(tmp_path, "cle.md", FILE.replace("emblems", 'key = "autre"\nemblems'))
    written(tmp_path, "vide.md", FILE.partition("{{ porteur")[0])
    written(tmp_path, "Majuscule.md", FILE)
    told = faults(tmp_path)
    assert "jeu/sans_en_tete.md · fichier : en-tête introuvable" in told
    assert "jeu/encodage.md · fichier : encodage illisible" in told
    assert "jeu/toml.md · fichier : l’en-tête n’est pas du TOML" in told
    assert "jeu/inconnus.md · to : valeur inconnue → choisissez parmi 'porteur'" in told
    assert "jeu/inconnus.md · ton : nom inconnu" in told
    assert "jeu/manques.md · release : manque" in told
    assert "jeu/cle.md · fichier : key ne s’écrit pas dans le fichier" in told
    assert "jeu/vide.md · fichier : objet ou texte vide" in told
    assert "jeu/Majuscule.md · key : valeur refusée" in told


def test_one_key_is_one_letter(tmp_path: Path) -> None:
    written(tmp_path, "accord.md", FILE)
    (tmp_path / "autre").mkdir()
    (tmp_path / "autre" / "accord.md").write_text(FILE, "utf-8")
    assert "jeu/accord.md · fichier : lettre déclarée aussi dans autre" in faults(tmp_path)


def test_the_shipped_catalogue_is_sound() -> None:
    letters = load_letters([LETTERS])
    assert {each.dispositif for each in letters.values()} == {
        *("comites", "microprojets", "dla", "iae", "cooperation")
    }
    assert all(
        each.release == "a_valider" for each in letters.values() if "papier" in each.channels
    )
