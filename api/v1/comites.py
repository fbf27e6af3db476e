"""Comités and their members."""

from __future__ import annotations

from api.v1.contract import Answer, Call, Subject
from api.v1.routes import PREFIX
from api.v1.shapes.comites import Comite, Comites, Membre
from api.v1.shapes.plain import Cree
from grants.comites.instances import (
    COMITE_FIELDS,
    COMITES_LEDGER,
    comites_of,
    create_comite,
    form_of,
    modify_comite,
)
from grants.comites.membres import (
    MembreLine,
    membres_of,
)

subject = Subject("Comités")
_ONE = "/comites/{comite_id}"
_EXAMPLE = {
    "nom": "CTS",
    "nature": "decision",
    "colleges": "Financeurs\nAssociations",
    "quorum": "moitie",
    "majorite": "exprimes",
    "partage": "president",
    "pouvoirs": "1",
    "scrutin": "nominatif",
    "a_distance": "pendant",
    "montant_inferieur": "oui",
    "decompte_masque": "oui",
    "depassement": "non",
}


@subject.get("/comites", "Les comités", Comites)
def comites(call: Call) -> Comites:
    """Every comité, by name."""
    return {
        "comites": [
            {"id": row["id"], "nom": row["nom"], "nature": row["nature"]}
            for row in comites_of(call.connection, call.organisme_id)
        ]
    }


@subject.post(
    "/comites",
    "Créer un comité",
    Cree,
    status=201,
    asks=COMITE_FIELDS,
    direction=True,
    example=_EXAMPLE,
)
def add_comite(call: Call) -> Answer:
    """Create a comité. Raises Invalid, DirectionOnly."""
    id = create_comite(call.session, call.identity, call.body, call.now, call.key)
    return Answer({"id": id}, location=f"{PREFIX}/comites/{id}")


@subject.get(_ONE, "Un comité, ses règles et ses membres", Comite)
def comite(call: Call) -> Comite:
    """A comité. Raises NotFound."""
    id = call.id("comite_id")
    row = COMITES_LEDGER.read(call.connection, call.organisme_id, id)
    members = membres_of(call.connection, call.organisme_id, id)
    return {
        "id": id,
        "nom": row["nom"],
        "nature": row["nature"],
        "fiche": dict(form_of(row)),
        "membres": [told_membre(each) for each in members],
        "version": row["seq"],
    }


@subject.put(
    _ONE,
    "Changer un comité",
    Comite,
    asks=COMITE_FIELDS,
    versioned=True,
    direction=True,
    example=_EXAMPLE,
)
def change_comite(call: Call) -> Comite:
    """Keep the changes of a comité. Raises Invalid, NotFound, Stale, DirectionOnly."""
    modify_comite(
        call.session, call.identity, call.id("comite_id"), call.body, call.now, call.version
    )
    return comite(call)


def told_membre(each: MembreLine) -> Membre:
    """One member."""
    return {
        "id": each.id,
        "personne_id": each.personne_id,
        "nom": each.nom,
        "email": each.email,
        "au_nom_de": each.structure,
        "college": each.college,
        "voix": each.voix,
        "suppleant_de": each.suppleant_de_id,
        "debut": each.debut,
        "fin": each.fin,
        "presidence": each.rang_presidence,
        "version": each.version,
    }
