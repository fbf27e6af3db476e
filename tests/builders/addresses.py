"""Every address of the application, and what an organisme holds behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fastapi.routing import APIRoute
from sqlmodel import Session

from api.pages import ROUTERS
from grants.organisation.acces import Destination, keep_link
from grants.organisation.links import create_link
from grants.relances.feed import find_feed, make_link, mark_seen
from notifications.outbox import Occasion
from notifications.suspensions import RAPPELS, Suspension, suspend
from notifications.unsubscribe import find_stop_link, stop_token
from notifications.webhooks import addresses_of, announce, sendings_of, subscribe
from tests.builders.adherents import an_adherent
from tests.builders.offices import LETTER, LETTER_FILE, NOW, SECRET, Holdings, Office
from tests.builders.opened_consultation import a_consultation
from tests.builders.prestataires import a_prestataire
from tests.builders.sittings import seat_a_comite


class Address(NamedTuple):
    """One way to ask for one address, its path as the application declares it."""

    method: str
    path: str

    def url(self, values: Mapping[str, str]) -> str:
        """The address with values in it, as they are."""
        return self.path.format_map(values)

    @property
    def names(self) -> tuple[str, ...]:
        """What stands in it."""
        return tuple(part.strip("{}") for part in self.path.split("/") if part.startswith("{"))


ADDRESSES = tuple(
    Address(method, route.path)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
)
READ = tuple(each for each in ADDRESSES if each.method == "GET")
WRITTEN = tuple(each for each in ADDRESSES if each.method == "POST")


def values_of(session: Session, office: Office, holds: Holdings) -> dict[str, str]:
    """What may stand in an address, for what an organisme holds."""
    ids = {
        "compte_id": holds.compte,
        "contact_id": holds.contact,
        "courrier_id": holds.courrier,
        "dossier_id": holds.dossier,
        "echeance_id": holds.echeance,
        "etiquette_id": holds.etiquette,
        "fichier_id": holds.fichier,
        "fusion_id": holds.fusion,
        "intervention_id": holds.intervention,
        "lot_id": holds.lot,
        "organisme_id": office.id,
        "rappel_id": holds.rappel,
        "reprise_id": holds.reprise,
        "seance_id": holds.seance,
        "structure_id": holds.structure,
        "task_id": holds.tache,
        "vue_id": holds.vue,
        **_told_elsewhere(session, office),
    }
    return {
        **{name: str(id) for name, id in ids.items()},
        **seat_a_comite(session, office, holds),
        "adherent_id": str(an_adherent(session, office.identity(), holds.structure)),
        "prestataire_id": str(a_prestataire(session, office.identity())),
        **a_consultation(session, office.identity(), holds.dossier),
        "acces": _personal_link(session, office, holds),
        "action": "accueillir",
        "formulaire": "fiche-accueil",
        "jeton": create_link(session, office.people["assistant"].id, NOW),
        "lien": _calendar_link(session, office),
        "key": "microprojets",
        "lettre": LETTER,
        "modele": "structures",
        "name": LETTER_FILE,
        "parameter": "plafond",
        "piece": "devis",
        "rappel": _stop_link(session, office, holds.courrier),
        "sheet": "projet",
    }


def _personal_link(session: Session, office: Office, holds: Holdings) -> str:
    """A link to the séance, of somebody who does not sit there."""
    secret = f"lien-de-l-organisme-{office.id}"
    keep_link(session, secret, Destination(office.id, holds.personne, "seance", holds.seance), NOW)
    return secret


def _calendar_link(session: Session, office: Office) -> str:
    """A link by which a calendar reads the agenda, and has just done so."""
    secret = make_link(session, office.identity("assistant"), "tous", NOW)
    mark_seen(session, find_feed(session.connection(), secret, NOW), NOW)
    return secret


def _stop_link(session: Session, office: Office, courrier: int) -> str:
    """A link by which whoever had a letter stops reminders, and has just done so."""
    connection, secret = session.connection(), SECRET.encode()
    token = stop_token(secret, courrier)
    found = find_stop_link(connection, secret, token)
    address = found.row["recipient_email"]
    suspend(connection, office.id, Suspension(address, RAPPELS, "", NOW, "Le destinataire"))
    return token


def _told_elsewhere(session: Session, office: Office) -> dict[str, int]:
    """An address that is told of moves, and a move that it was told of."""
    connection = session.connection()
    subscribe(session, office.id, "https://outil.exemple.fr/", NOW, local=False)
    announce(connection, Occasion(office.id, "dossier", 1, 1, NOW), "mouvement", {})
    (adresse,) = addresses_of(connection, office.id)
    (envoi,) = sendings_of(connection, office.id)
    return {"adresse_id": adresse.id, "envoi_id": envoi.id}
