"""The identity of an organisme, as its direction sets it: name, addresses, territory, logo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact, Ledger
from grants.organisation.tables import Organisme
from workflow.calendar import TERRITOIRES
from workflow.database import table_of
from workflow.errors import Invalid
from workflow.fields import FieldType, Raw, parse_fields
from workflow.pipeline import Choice, Field

LONGEST_LIST = 200

ORGANISMES = Ledger(
    "organisme",
    table_of(Organisme),
    {
        "organisme_cree": "Organisme créé",
        "organisme_modifie": "Identité modifiée",
        "logo_change": "Logo changé",
        "logo_retire": "Logo retiré",
        "signature_changee": "Signature changée",
        "signature_retiree": "Signature retirée",
        "modele_modifie": "Modèle de lettre modifié",
        "modele_retabli": "Modèle de lettre rétabli",
        "parametre_change": "Paramètre changé",
        "compte_invite": "Personne invitée",
        "role_change": "Rôle changé",
        "acces_retire": "Accès retiré",
        "acces_rendu": "Accès rendu",
        "coordonnees_changees": "Coordonnées changées",
        "lien_cree": "Lien de mot de passe créé",
        "reprise_faite": "Données reprises d'un fichier",
        "reprise_annulee": "Reprise annulée",
        "adresse_prevenue": "Adresse prévenue des mouvements",
        "adresse_retiree": "Adresse qui n'est plus prévenue",
    },
)

_TERRITOIRES = tuple(Choice(key=key, label=place.label) for key, place in TERRITOIRES.items())
IDENTITY_FIELDS = (
    Field(key="nom", label="Nom de l'organisme", type="texte", required=True, longest=200),
    Field(key="sigle", label="Sigle", type="texte", longest=40),
    Field(
        key="adresse",
        label="Adresse postale",
        type="texte_long",
        longest=500,
        help="Reprise en tête des courriers.",
    ),
    Field(
        key="ville",
        label="Ville",
        type="texte",
        longest=120,
        help="D’où les courriers sont datés : « Montpellier, le 3 mars 2027 ».",
    ),
    Field(key="telephone", label="Téléphone", type="telephone"),
    Field(key="email", label="E-mail", type="email"),
    Field(key="site", label="Site internet", type="url", longest=300),
    Field(
        key="departements",
        label="Départements",
        type="departements",
        required=True,
        help="Ceux où l'organisme intervient, séparés par des virgules : 34, 30, 2A.",
    ),
    Field(
        key="territoire",
        label="Jours fériés suivis",
        type="choix",
        required=True,
        choices=_TERRITOIRES,
        help="Les relances ne partent jamais un jour férié de ce territoire.",
    ),
    Field(
        key="signataire",
        label="Signataire",
        type="texte",
        longest=120,
        help="Prénom et nom de la personne qui signe les décisions.",
    ),
    Field(
        key="signataire_qualite",
        label="Qualité du signataire",
        type="texte",
        longest=120,
        help="Écrite sous son nom : directrice, président…",
    ),
    Field(
        key="embleme_europe",
        label="Emblème de l’Union européenne",
        type="oui_non",
        help="Sur les courriers qui annoncent une aide ou la suivent, quand le FSE y participe.",
    ),
    Field(
        key="embleme_france",
        label="Emblème de la République française",
        type="oui_non",
        help="Sur les mêmes courriers, quand l’État y participe.",
    ),
)
#: Without an answer, an emblem is not shown.
_EMBLEMS = ("embleme_europe", "embleme_france")


def modify_identity(
    session: Session,
    types: Mapping[str, FieldType],
    identity: Identity,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change the identity and the territory. True if anything did change. Never commits.

    `types` are those of the application: the list of départements is an upper floor's. Raises
    Invalid with every fault, Stale, DirectionOnly.
    """
    identity.require_direction()
    connection = session.connection()
    row = ORGANISMES.lock(connection, identity.organisme_id, identity.organisme_id, version)
    values, faults = parse_fields(IDENTITY_FIELDS, raw, types)
    faults |= _too_long(values)
    if faults:
        raise Invalid(faults)
    values["departements"] = values["departements"] or ""
    values |= {key: bool(values[key]) for key in _EMBLEMS}
    fact = Fact("organisme_modifie", now)
    return bool(ORGANISMES.change(connection, identity, row, values, fact))


def _too_long(values: Mapping[str, Any]) -> dict[str, str]:
    """The list of départements is kept whole in one column."""
    if len(values.get("departements") or "") <= LONGEST_LIST:
        return {}
    return {"departements": "Donnez 60 départements au plus."}
