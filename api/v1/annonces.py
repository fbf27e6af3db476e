"""Webhooks: the addresses told of moves, and what became of each message. For the direction."""

from __future__ import annotations

from api.presentation.programmes import URL_FIELD
from api.v1.contract import Answer, Call, Subject
from api.v1.given import answered
from api.v1.paging import PAGING, next_url, page_size, place_asked
from api.v1.shapes.annonces import Adresses, Envoi, Envois, NouvelleAdresse
from grants.organisation.annonces import tell_address, tell_no_more
from notifications.webhooks import (
    A_ENVOYER,
    Sending,
    addresses_of,
    send_again,
    sendings_of,
)

subject = Subject("Annonces")


@subject.get("/annonces", "Les adresses prévenues", Adresses, direction=True)
def addresses(call: Call) -> Adresses:
    """Those that are told of each move, the latest first."""
    return {
        "adresses": [
            {"id": each.id, "url": each.url, "depuis": each.created_at}
            for each in addresses_of(call.connection, call.organisme_id)
            if each.active
        ]
    }


@subject.post(
    "/annonces",
    "Prévenir une adresse",
    NouvelleAdresse,
    status=201,
    asks=(URL_FIELD,),
    direction=True,
    keyed=False,
    example={"url": "https://outil.exemple.fr/mouvements"},
)
def tell(call: Call) -> NouvelleAdresse:
    """Tell one more address; what signs the messages is in this answer only. Raises Invalid."""
    url = answered(call, URL_FIELD)["url"] or ""
    local = call.house.settings.local_webhooks
    secret = tell_address(call.session, call.identity, url, call.now, local=local)
    made = addresses_of(call.connection, call.organisme_id)[0]
    return {"id": made.id, "url": made.url, "secret": secret}


@subject.get("/annonces/envois", "Ce qui a été annoncé", Envois, query=PAGING, direction=True)
def sendings(call: Call) -> Answer:
    """What was told, or is to be: one page."""
    size, place = page_size(call), place_asked(call)
    before = None if place is None else place[0]
    found = sendings_of(call.connection, call.organisme_id, before, size + 1)
    following = next_url(call, [found[size - 1].id]) if len(found) > size else None
    data: Envois = {"envois": [_told(each) for each in found[:size]], "suivant": following}
    return Answer(data, next=following)


@subject.post("/annonces/envois/{envoi_id}/renvoyer", "Annoncer de nouveau", Envoi, direction=True)
def again(call: Call) -> Envoi:
    """Send once more what was sent or given up. Raises NotFound."""
    id = call.id("envoi_id")
    send_again(call.session, call.organisme_id, id, call.now)
    (sending,) = sendings_of(call.connection, call.organisme_id, id + 1, 1)
    return _told(sending)


@subject.delete("/annonces/{adresse_id}", "Ne plus prévenir une adresse", Adresses, direction=True)
def stop(call: Call) -> Adresses:
    """Tell an address no more; what was still to be sent is given up. Raises NotFound."""
    tell_no_more(call.session, call.identity, call.id("adresse_id"), call.now)
    return addresses(call)


def _told(line: Sending) -> Envoi:
    return {
        "id": line.id,
        "url": line.url,
        "evenement_id": line.event_id,
        "evenement": line.event,
        "etat": line.state,
        "essais": line.attempts,
        "cree_le": line.created_at,
        "prochain_essai": line.due_at if line.state == A_ENVOYER else None,
        "envoye_le": line.sent_at,
        "statut": line.status,
        "incident": line.fault,
    }
