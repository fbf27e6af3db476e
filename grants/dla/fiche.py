"""What is asked of a prestataire, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grants.organisation.people import sorting_key
from grants.structures.departements import DEPARTEMENTS_LIST
from grants.structures.nomenclature import SECTEURS
from workflow.fields import Raw, field_type_registry, parse_fields
from workflow.pipeline import Choice, Field

_TYPES = field_type_registry(DEPARTEMENTS_LIST)

#: The fields of a mission, by the keys that the plan d’accompagnement uses too.
COMPETENCES = (
    Choice(key="projet", label="Projet et stratégie"),
    Choice(key="gouvernance", label="Gouvernance"),
    Choice(key="financements", label="Financements"),
    Choice(key="gestion", label="Gestion"),
    Choice(key="ressources_humaines", label="Ressources humaines"),
    Choice(key="communication", label="Communication"),
    Choice(key="mutualisation", label="Mutualisation et partenariats"),
    Choice(key="autre", label="Autre"),
)
#: Whom to write to: kept with the personne, not with the prestataire.
CONTACT_FIELDS = (
    Field(key="contact", label="Interlocuteur", type="texte", required=True, longest=120),
    Field(
        key="email",
        label="E-mail",
        type="email",
        required=True,
        help="Les cahiers des charges y sont envoyés.",
    ),
    Field(key="telephone", label="Téléphone", type="telephone"),
)
OWN_FIELDS = (
    Field(key="nom", label="Nom ou raison sociale", type="texte", required=True, longest=200),
    Field(key="siret", label="SIRET", type="siret", required=True, help="14 chiffres."),
    Field(
        key="competences",
        label="Compétences",
        type="choix_multiple",
        required=True,
        choices=COMPETENCES,
    ),
    Field(
        key="secteurs",
        label="Secteurs connus",
        type="choix_multiple",
        choices=SECTEURS,
        help="Aucun coché : il intervient dans tous.",
    ),
    Field(
        key="departements",
        label="Départements",
        type="departements",
        longest=500,
        help="Leurs numéros, séparés par des virgules. Vide : il se déplace partout.",
    ),
    Field(key="tarif_journalier", label="Tarif d’une journée, HT", type="montant", minimum=1),
    Field(key="realisations", label="Références", type="texte_long", longest=4000),
    Field(
        key="actif",
        label="À consulter",
        type="oui_non",
        required=True,
        help="« Non » le garde dans l’annuaire sans le proposer.",
    ),
)
PRESTATAIRE_FIELDS = (*OWN_FIELDS[:2], *CONTACT_FIELDS, *OWN_FIELDS[2:])
_JOINED = ("competences", "secteurs")


def read_fiche(raw: Mapping[str, Raw]) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """What is kept with the prestataire, what with the personne, and every fault by field."""
    values, faults = parse_fields(PRESTATAIRE_FIELDS, raw, _TYPES)
    if faults:
        return {}, {}, faults
    own = {each.key: values[each.key] for each in OWN_FIELDS}
    own |= {key: ",".join(own[key] or ()) for key in _JOINED}
    own |= {key: own[key] or "" for key in ("departements", "realisations")}
    own["nom_cle"] = sorting_key(own["nom"])
    return own, {each.key: values[each.key] for each in CONTACT_FIELDS}, {}


def keys_of(joined: str) -> tuple[str, ...]:
    """« gestion,projet » → the keys."""
    return tuple(key for key in joined.split(",") if key)
