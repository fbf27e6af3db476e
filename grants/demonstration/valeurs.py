"""How the files of the demonstrations write amounts, phones, addresses and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
)
from stdnum.fr import siret as numero_siret

from grants.demonstration.jours import lire_jour, lire_moment
from grants.dossiers.first_contact import ORIGINES
from grants.structures.nomenclature import FORMES_JURIDIQUES, SECTEURS
from workflow.money import parse_amount
from workflow.pipeline import Choice
from workflow.texts import clean_text

Valeur = bool | int | date | datetime | str | list[str]
"""What a field of an action or of a sheet holds."""

CHAMPS_MONTANTS = ("cout_total", "montant_demande", "montant_accorde", "montant_a_rembourser")
"""The fields whose text is an amount, given as cents once read."""

PLUS_LONG_TEXTE = 2000

# Numbers that the French regulator keeps for fiction, as far as phone libraries accept them too.
_TELEPHONE_FICTIF = re.compile(r"0(1 99 00|2 61 91|3 53 01|4 65 71|5 36 49)( \d\d){2}")
_DOMAINE_FICTIF = re.compile(r"(example\.(org|com|net)|[a-z-]+\.example)")


def _texte(valeur: str) -> str:
    return clean_text(valeur, longest=PLUS_LONG_TEXTE, multiline=True)


def _courriel(valeur: str) -> str:
    try:
        adresse = validate_email(valeur, check_deliverability=False)
    except EmailNotValidError as refus:
        raise ValueError("cette adresse électronique n'est pas valable") from refus
    if not _DOMAINE_FICTIF.fullmatch(adresse.domain):
        raise ValueError("une adresse de démonstration finit par example.org ou .example")
    return adresse.normalized


def _telephone(valeur: str) -> str:
    if not _TELEPHONE_FICTIF.fullmatch(valeur):
        raise ValueError("ce numéro n'est pas de ceux que l'ARCEP réserve à la fiction")
    return valeur


def _siret(valeur: str) -> str:
    if not numero_siret.is_valid(valeur):
        raise ValueError("ce SIRET n'est pas valable")
    return valeur


def lire_montant(valeur: Any) -> int:
    """« 23 000,00 » → cents."""
    if not isinstance(valeur, str):
        raise ValueError("écrivez un montant comme « 23 000,00 »")
    return parse_amount(valeur)


def _parmi(choix: Iterable[Choice]) -> Callable[[str], str]:
    """Whether a text is one of the keys of a list that the screens propose."""
    connus = {chaque.key for chaque in choix}

    def verifier(valeur: str) -> str:
        if valeur not in connus:
            raise ValueError(f"« {valeur} » n'est pas dans la liste : {', '.join(sorted(connus))}")
        return valeur

    return verifier


def _valeur(valeur: Any, info: ValidationInfo) -> Valeur:
    if isinstance(valeur, str):
        return _texte(valeur)
    if isinstance(valeur, bool | int):
        return valeur
    if isinstance(valeur, list):
        return [_texte(texte) for texte in valeur]
    if isinstance(valeur, datetime) or (isinstance(valeur, dict) and "heure" in valeur):
        return lire_moment(valeur, info)
    return lire_jour(valeur, info)


Cle = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=60)]
Texte = Annotated[str, StringConstraints(min_length=1), AfterValidator(_texte)]
Courriel = Annotated[str, AfterValidator(_courriel)]
Telephone = Annotated[str, AfterValidator(_telephone)]
Siret = Annotated[str, AfterValidator(_siret)]
Rna = Annotated[str, StringConstraints(pattern=r"^W\d{9}$")]
CodePostal = Annotated[str, StringConstraints(pattern=r"^\d{5}$")]
Departement = Annotated[str, StringConstraints(pattern=r"^(\d{2}|2[AB]|97\d)$")]
Centimes = Annotated[int, BeforeValidator(lire_montant)]
Jour = Annotated[date, BeforeValidator(lire_jour)]
Moment = Annotated[datetime, PlainValidator(lire_moment)]
Champ = Annotated[Valeur, PlainValidator(_valeur)]
Role = Literal["direction", "charge_de_mission", "assistant", "lecteur"]
Forme = Annotated[str, AfterValidator(_parmi(FORMES_JURIDIQUES))]
Secteur = Annotated[str, AfterValidator(_parmi(SECTEURS))]
Origine = Annotated[str, AfterValidator(_parmi(ORIGINES))]
Pipeline = Literal[
    "microprojets",
    "dla_individuel",
    "dla_collectif",
    "iae_structures",
    "iae_porteurs",
    "cooperation",
]
