"""The tenant of a demonstration: the organisme, its team with one known password, its séances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update
from sqlmodel import Session

from grants.comites.instances import create_comite
from grants.comites.membres import name_membre
from grants.comites.seances import create_seance
from grants.demonstration.fichiers import Demonstration
from grants.demonstration.modeles import Compte as Equipier
from grants.demonstration.modeles import Organisme as Told
from grants.demonstration.modeles import Seance
from grants.dla.prestataires import record_prestataire
from grants.finances.enveloppes import open_enveloppe
from grants.organisation.accounts import Account
from grants.organisation.colleagues import create_compte, join
from grants.organisation.founding import create_organisme, record_birth
from grants.organisation.identity import Identity
from grants.organisation.parameters import change_parameters
from grants.organisation.roles import CHARGE_DE_MISSION, DIRECTION
from grants.organisation.tables import Adhesion, Compte, Organisme
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.fields import FIELD_TYPES
from workflow.pipeline import Field

_O, _C, _A = table_of(Organisme), table_of(Compte), table_of(Adhesion)
# The organisme exists a while before its first contact, a séance before its first inscription.
BEFORE_THE_FIRST_CONTACT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Installed:
    """Where a story takes place: the tenant, who acts in it, its séances and its members, by key.

    `prepare`: the colleague who prepares the séances.
    """

    organisme_id: int
    identities: Mapping[str, Identity]
    seances: Mapping[str, int]
    membres: Mapping[str, int]
    prepare: Identity


def is_installed(connection: Connection, demonstration: Demonstration) -> bool:
    """Whether an organisme of that name, or one of its accounts, is already there."""
    emails = [compte.courriel for compte in demonstration.comptes]
    organisme = select(_O.c.id).where(_O.c.nom == demonstration.organisme.nom)
    compte = select(_C.c.id).where(or_(*(_C.c.email == email for email in emails)))
    return any(connection.execute(query.limit(1)).first() for query in (organisme, compte))


def install(
    session: Session, engine: Engine, demonstration: Demonstration, password_hash: str
) -> Installed:
    """Write the tenant as it stood before its first contact. Never commits."""
    start = min(each.contact_le for each in demonstration.dossiers) - BEFORE_THE_FIRST_CONTACT
    organisme_id = _found(session, demonstration, start)
    team = {
        equipier.cle: _welcome(session, organisme_id, equipier, password_hash, start)
        for equipier in demonstration.comptes
    }
    roles = {equipier.cle: equipier.role for equipier in demonstration.comptes}
    identities = {
        cle: Identity(organisme_id, account.id, account.nom, roles[cle])
        for cle, account in team.items()
    }
    chief = next(cle for cle, role in roles.items() if role == DIRECTION)
    nom = demonstration.organisme.nom
    record_birth(session.connection(), organisme_id, nom, team[chief], start)
    _set_parameters(session, engine, demonstration.organisme, identities[chief], start)
    comites = _comites(session, demonstration, identities[chief], start)
    _enveloppes(session, engine, demonstration, identities[chief], start)
    membres = _members(session, demonstration, comites, identities[chief], start)
    prepares = next((cle for cle, role in roles.items() if role == CHARGE_DE_MISSION), chief)
    _prestataires(session, demonstration, identities[prepares], start)
    seances = {
        seance.cle: create_seance(session, engine, identities[prepares], _form_of(seance), start)
        for seance in demonstration.seances
    }
    return Installed(organisme_id, identities, seances, membres, identities[prepares])


def _comites(
    session: Session, demonstration: Demonstration, direction: Identity, start: datetime
) -> dict[str, int]:
    """The comités of the organisme, by name; one that only a séance names has the usual rules."""
    told = {each.nom: {"nature": each.nature, **each.regles} for each in demonstration.comites}
    told = {**{each.comite: {} for each in demonstration.seances}, **told}
    return {
        nom: create_comite(session, direction, {"nom": nom, **rules}, start)
        for nom, rules in told.items()
    }


def _enveloppes(
    session: Session,
    engine: Engine,
    demonstration: Demonstration,
    direction: Identity,
    start: datetime,
) -> None:
    """What there is to grant, each year that has a séance."""
    years = sorted({to_paris(each.le).year for each in demonstration.seances})
    for year in years:
        for each in demonstration.enveloppes:
            form = {**each.model_dump(), "annee": str(year)}
            open_enveloppe(session, engine, direction, form, start)


def _prestataires(
    session: Session, demonstration: Demonstration, charge: Identity, start: datetime
) -> None:
    """Whom missions may be entrusted to."""
    for each in demonstration.prestataires:
        form = each.model_dump(exclude_none=True)
        several = {key: list(form[key]) for key in ("competences", "secteurs")}
        record_prestataire(session, charge, {**form, **several}, start)


def _members(
    session: Session,
    demonstration: Demonstration,
    comites: Mapping[str, int],
    direction: Identity,
    start: datetime,
) -> dict[str, int]:
    """Those who sit, by key: the titulars before their deputies."""
    found: dict[str, int] = {}
    for each in sorted(demonstration.membres, key=lambda each: each.suppleant_de is not None):
        form = {
            "nom": f"{each.prenom} {each.nom}",
            "email": each.courriel,
            "structure": each.structure,
            "college": each.college,
            "voix": each.voix,
            "debut": each.debut.isoformat(),
            "rang_presidence": str(each.presidence) if each.presidence else None,
            "suppleant_de_id": str(found[each.suppleant_de]) if each.suppleant_de else None,
        }
        given = {key: value for key, value in form.items() if value is not None}
        found[each.cle] = name_membre(session, direction, comites[each.comite], given, start)
    return found


def _found(session: Session, demonstration: Demonstration, start: datetime) -> int:
    told = demonstration.organisme
    chief = next(each for each in demonstration.comptes if each.role == DIRECTION)
    values = {
        "nom": told.nom,
        "adresse": f"{told.nom_complet}\n{told.adresse}\n{told.code_postal} {told.commune}",
        "departements": ",".join(told.departements),
        "ville": told.commune,
        "telephone": _phone(told.telephone),
        "email": told.courriel,
        "signataire": f"{chief.prenom} {chief.nom}",
        "signataire_qualite": chief.fonction,
        # Microprojets are paid for by the European social fund and the State.
        "embleme_europe": True,
        "embleme_france": True,
        "demonstration": True,
    }
    return create_organisme(session.connection(), values, start)


def _set_parameters(
    session: Session, engine: Engine, told: Told, direction: Identity, start: datetime
) -> None:
    """What it counts by: the numbers of the report, or three years from the beginning."""
    types = engine.vocabulary.field_types
    own = told.parametres or {"microprojets": {"debut_triennal": str(start.year)}}
    for key, values in own.items():
        loaded = engine.catalogue.latest(key)
        assert loaded is not None, f"the demonstration tells {key}"
        change_parameters(session, types, direction, loaded.pipeline, values, start)


def _welcome(
    session: Session, organisme_id: int, equipier: Equipier, password_hash: str, start: datetime
) -> Account:
    nom = f"{equipier.prenom} {equipier.nom}"
    account = create_compte(session, nom, equipier.courriel, password_hash, start)
    join(session, organisme_id, account.id, equipier.role)
    told = {"fonction": equipier.fonction, "telephone": _phone(equipier.telephone)}
    one = (_A.c.organisme_id == organisme_id, _A.c.compte_id == account.id)
    session.connection().execute(update(_A).where(*one).values(told))
    return account


def _phone(number: str | None) -> str | None:
    """A number as the forms keep it."""
    if number is None:
        return None
    return FIELD_TYPES["telephone"].parse(
        number, Field(key="telephone", label="Téléphone", type="telephone")
    )


def _form_of(seance: Seance) -> dict[str, str]:
    return {
        "comite": seance.comite,
        "tenue_le": str(FIELD_TYPES["date_heure"].form(seance.le)),
        "lieu": seance.lieu,
        "cloture_inscriptions": seance.cloture_inscriptions.isoformat(),
    }
