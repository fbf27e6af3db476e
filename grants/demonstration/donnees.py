"""The two demonstrations, loaded from their files: every fault of every file is named at once.

A demonstration is a folder of TOML files, read in the order of their names and put together.
"""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from grants.demonstration.carnets import deplies
from grants.demonstration.coherence import incoherences_de
from grants.demonstration.fichiers import Demonstration, Fichier
from grants.demonstration.modeles import Organisme

DOSSIER_2009 = Path(__file__).parent / "data" / "2009"
DOSSIER_VIVANTE = Path(__file__).parent / "data" / "vivante"
RAPPORT_2009 = Path(__file__).parent / "rapport_2009.toml"

_PHRASES = {"missing": "cette clé manque", "extra_forbidden": "cette clé est inconnue"}


class DonneesInvalides(ValueError):
    """Les données de démonstration ont des défauts : aucune n'a été chargée."""

    def __init__(self, fautes: Sequence[str]) -> None:
        self.fautes = tuple(fautes)
        super().__init__("\n".join((inspect.cleandoc(self.__doc__ or ""), *self.fautes)))


def charger_2009() -> Demonstration:
    """The year 2009 of the organisme of the report, with its ends in 2010 and 2011."""
    return charger(DOSSIER_2009)


def charger_vivante(chargement: date) -> Demonstration:
    """The living organisme, as it stands on the day it is loaded."""
    return charger(DOSSIER_VIVANTE, chargement=chargement)


def charger(dossier: Path, *, chargement: date | None = None) -> Demonstration:
    """Read every file of a folder. Raises DonneesInvalides with every fault of every file.

    Without a day of loading, a relative day is a fault.
    """
    fautes: list[str] = []
    fichiers = []
    for chemin in sorted(dossier.glob("*.toml")):
        try:
            fichiers.append(_lire(chemin, chargement))
        except DonneesInvalides as refus:
            fautes += refus.fautes
    organismes = [fichier.organisme for fichier in fichiers if fichier.organisme]
    if len(organismes) != 1 and not fautes:
        fautes.append(f"{dossier.name} : il faut un organisme et un seul, pas {len(organismes)}")
    if fautes:
        raise DonneesInvalides(fautes)
    demonstration = _ensemble(organismes[0], fichiers)
    if incoherences := incoherences_de(demonstration):
        raise DonneesInvalides(incoherences)
    return demonstration


def _ensemble(organisme: Organisme, fichiers: Sequence[Fichier]) -> Demonstration:
    """All the files together, what they tell in a few lines told at length."""
    structures = tuple(each for fichier in fichiers for each in fichier.structures)
    try:
        courts = tuple(deplies(fichiers, {each.cle: each for each in structures}))
    except KeyError as inconnue:
        raise DonneesInvalides([f"aucune structure n'a la clé {inconnue}"]) from None
    return Demonstration(
        organisme=organisme,
        comptes=tuple(compte for fichier in fichiers for compte in fichier.comptes),
        seances=tuple(seance for fichier in fichiers for seance in fichier.seances),
        structures=structures,
        personnes=(
            *(personne for fichier in fichiers for personne in fichier.personnes),
            *(court.personne for court in courts),
        ),
        dossiers=(
            *(dossier for fichier in fichiers for dossier in fichier.dossiers),
            *(court.dossier for court in courts),
        ),
        taches=tuple(tache for fichier in fichiers for tache in fichier.taches),
        interventions=(
            *(each for fichier in fichiers for each in fichier.interventions),
            *(each for court in courts for each in court.interventions),
        ),
        comites=tuple(comite for fichier in fichiers for comite in fichier.comites),
        enveloppes=tuple(enveloppe for fichier in fichiers for enveloppe in fichier.enveloppes),
        prestataires=tuple(each for fichier in fichiers for each in fichier.prestataires),
        membres=tuple(membre for fichier in fichiers for membre in fichier.membres),
        consultations=tuple(each for fichier in fichiers for each in fichier.consultations),
        adherents=tuple(each for fichier in fichiers for each in fichier.adherents),
    )


def _lire(chemin: Path, chargement: date | None) -> Fichier:
    try:
        contenu = tomllib.loads(chemin.read_text(encoding="utf-8"))
        return Fichier.model_validate(contenu, context={"chargement": chargement})
    except tomllib.TOMLDecodeError as faute:
        raise DonneesInvalides([f"{chemin.name} : {faute}"]) from faute
    except ValidationError as refus:
        raise DonneesInvalides(
            [
                f"{chemin.name} : {_endroit(contenu, faute['loc'])} : {_phrase(faute)}"
                for faute in refus.errors()
            ]
        ) from refus


def _phrase(faute: ErrorDetails) -> str:
    phrase = _PHRASES.get(faute["type"], faute["msg"])
    return phrase.removeprefix("Value error, ")


def _endroit(contenu: Any, chemin: tuple[int | str, ...]) -> str:
    """« dossier azzura-lights, fait 3, champs, seance »: the place, by keys where there are."""
    lieux: list[str] = []
    for pas in chemin:
        contenu = _dans(contenu, pas)
        if isinstance(pas, int):
            cle = contenu.get("cle") if isinstance(contenu, dict) else None
            lieux[-1] += f" {cle or pas + 1}"
        else:
            lieux.append(pas)
    return ", ".join(lieux)


def _dans(contenu: Any, pas: int | str) -> Any:
    """What stands under one key or at one place; nothing when the path leaves the file."""
    if isinstance(pas, int):
        return contenu[pas] if isinstance(contenu, list) and pas < len(contenu) else None
    return contenu.get(pas) if isinstance(contenu, dict) else None
