"""The team: who may come in and as what. For the direction alone."""

from __future__ import annotations

from api.v1 import shapes
from api.v1.contract import Call, Subject
from grants.organisation.accounts import list_colleagues
from grants.organisation.colleagues import (
    COORDINATES,
    INVITATION_FIELDS,
    ROLE_FIELD,
    change_coordinates,
    change_role,
    give_access_back,
    invite,
    reset_link,
    take_access,
)

subject = Subject("Équipe")
_ONE = "/equipe/{compte_id}"


@subject.get("/equipe", "L’équipe", shapes.Equipe, direction=True)
def team(call: Call) -> shapes.Equipe:
    """Everybody who has, or had, an access."""
    return {
        "equipe": [
            {
                "compte_id": each.compte_id,
                "nom": each.nom,
                "email": each.email,
                "role": each.role,
                "actif": each.active,
                "venu": each.joined,
                "fonction": each.fonction,
                "telephone": each.telephone,
            }
            for each in list_colleagues(call.connection, call.organisme_id)
        ]
    }


@subject.post(
    "/equipe",
    "Inviter quelqu’un",
    shapes.Invitation,
    status=201,
    asks=INVITATION_FIELDS,
    direction=True,
    keyed=False,
    example={"nom": "Zoé Martin", "email": "zoe@aide34.example", "role": "assistant"},
)
def invite_somebody(call: Call) -> shapes.Invitation:
    """Give somebody an access; the link is in this answer only. Raises Invalid."""
    invited = invite(call.session, call.identity, call.body, call.now)
    link = None if invited.secret is None else _link(call, invited.secret)
    return {"compte_id": invited.compte_id, "nom": invited.nom, "lien": link}


@subject.put(
    f"{_ONE}/role",
    "Changer un rôle",
    shapes.Change,
    asks=(ROLE_FIELD,),
    direction=True,
    example={"role": "charge_de_mission"},
)
def give_role(call: Call) -> shapes.Change:
    """Give a colleague another role. Raises Invalid, NotFound, LastDirection."""
    compte_id, role = call.id("compte_id"), call.body.get("role")
    return {"change": change_role(call.session, call.identity, compte_id, role, call.now)}


@subject.put(
    f"{_ONE}/coordonnees",
    "Changer la fonction et la ligne directe",
    shapes.Change,
    asks=COORDINATES,
    direction=True,
    example={"fonction": "chargée de mission", "telephone": "+33199001234"},
)
def give_coordinates(call: Call) -> shapes.Change:
    """Change what letters say of a colleague. Raises Invalid, NotFound."""
    changed = change_coordinates(
        call.session, call.identity, call.id("compte_id"), call.body, call.now
    )
    return {"change": changed}


@subject.post(f"{_ONE}/retirer", "Retirer un accès", shapes.Change, direction=True)
def take_out(call: Call) -> shapes.Change:
    """Take a colleague's access away, tokens and all. Raises NotFound, LastDirection."""
    return {"change": take_access(call.session, call.identity, call.id("compte_id"), call.now)}


@subject.post(f"{_ONE}/rendre", "Rendre un accès", shapes.Change, direction=True)
def let_in_again(call: Call) -> shapes.Change:
    """Give a former colleague the access back. Raises NotFound."""
    changed = give_access_back(call.session, call.identity, call.id("compte_id"), call.now)
    return {"change": changed}


@subject.post(
    f"{_ONE}/lien",
    "Créer un lien de mot de passe",
    shapes.LienMotDePasse,
    status=201,
    direction=True,
    keyed=False,
)
def new_link(call: Call) -> shapes.LienMotDePasse:
    """A link to choose a new password, in this answer only. Raises NotFound, SharedAccount."""
    secret = reset_link(call.session, call.identity, call.id("compte_id"), call.now)
    return {"lien": _link(call, secret)}


def _link(call: Call, secret: str) -> str:
    return f"{call.house.settings.address}/reinitialisation/{secret}"
