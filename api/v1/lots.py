"""Lots: one operation on many dossiers, rehearsed, carried out, told dossier by dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from api.forms import new_key
from api.house import House
from api.lots_at_work import work
from api.v1.contract import Answer, Call, Subject
from api.v1.dispositifs import Place, action_schema
from api.v1.given import only_asked, row_named
from api.v1.lists import told_line
from api.v1.paging import PAGING, next_url, page_size, place_asked
from api.v1.requetes import LONGEST, read_requete
from api.v1.routes import PREFIX
from api.v1.shapes.lots import ActionLot, DossiersLot, GroupeLot, Lot
from grants.dossiers.answers import REASON
from grants.dossiers.etiquettes.queries import read_tag
from grants.dossiers.etiquettes.service import LONGEST as LONGEST_TAG
from grants.dossiers.etiquettes.service import find_or_create_tag
from grants.dossiers.lots.actions import CommonAction, common_actions
from grants.dossiers.lots.preparation import (
    MOST,
    Chosen,
    ask_to_assign,
    ask_to_carry_out,
    ask_to_move,
    ask_to_tag,
    ask_to_undo,
    ask_to_untag,
    open_lot,
    refused_of,
)
from grants.dossiers.lots.queries import (
    OUTCOMES,
    Group,
    OpenLot,
    counts_by_state,
    groups_of,
    left_of,
    lines_of_lot,
    read_lot,
    reasons_of,
)
from grants.organisation.identity import Identity
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.pipeline import Field

subject = Subject("Lots")
_ONE = "/lots/{lot_id}"
_IDS, _QUERY = "dossiers", "requete"
_CHOSEN: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        _IDS: {
            "type": "array",
            "description": "Les ids des dossiers.",
            "items": {"type": "string", "pattern": "^[1-9][0-9]{0,17}$"},
            "maxItems": MOST,
        },
        _QUERY: {
            "type": "string",
            "description": "Ou tous ceux que ces filtres gardent : ceux de GET /dossiers.",
            "maxLength": LONGEST,
        },
    },
    "additionalProperties": False,
}
_REFERENT = Field(
    key="referent",
    label="À qui",
    type="texte",
    longest=19,
    required=True,
    help="L’id d’un collègue ; 0 pour personne.",
)
_TAG = Field(key="etiquette", label="Étiquette", type="texte", longest=LONGEST_TAG, required=True)
_UNTAG = Field(
    key="retiree",
    label="Étiquette à retirer",
    type="texte",
    longest=19,
    required=True,
    help="L’id d’une étiquette.",
)


@subject.post(
    "/lots",
    "Choisir des dossiers",
    Lot,
    status=201,
    schema=_CHOSEN,
    asks=None,
    example={_QUERY: "dispositif=microprojets&etape=accompagnement"},
)
def gather(call: Call) -> Answer:
    """Choose dossiers, by their ids or by filters. Raises NothingChosen, TooManyChosen…"""
    chosen = _chosen(call)
    id = open_lot(call.session, call.identity, chosen, call.now, call.key or new_key())
    return Answer(_told(call, id), location=f"{PREFIX}/lots/{id}")


@subject.get(_ONE, "Un lot", Lot)
def lot(call: Call) -> Lot:
    """What is asked of it, how far it is, what became of its dossiers. Raises NotFound."""
    return _told(call, call.id("lot_id"))


@subject.get(
    f"{_ONE}/dossiers",
    "Les dossiers d’un lot",
    DossiersLot,
    query={"devenu": "Un résultat : " + ", ".join(OUTCOMES) + ".", **PAGING},
)
def lines(call: Call) -> Answer:
    """Each dossier with its own outcome and reasons. Raises NotFound."""
    found = read_lot(call.connection, call.identity, call.id("lot_id"))
    outcome, size, place = call.query.get("devenu"), page_size(call), place_asked(call)
    if outcome is not None and outcome not in OUTCOMES:
        raise Invalid({"devenu": "Cette valeur n’est pas connue ici."})
    states = (outcome,) if outcome else ()
    after = place[0] if place else 0
    shown, last = lines_of_lot(call.connection, found.id, states, after, size)
    following = None if last is None else next_url(call, [last])
    data: DossiersLot = {
        "dossiers": [
            {
                "dossier": told_line(each.dossier),
                "devenu": each.etat,
                "raisons": list(each.raisons),
            }
            for each in shown
        ],
        "suivant": following,
    }
    return Answer(data, next=following)


@subject.post(
    f"{_ONE}/confier",
    "Confier tous les dossiers",
    Lot,
    asks=(_REFERENT,),
    keyed=False,
    example={"referent": "12"},
)
def assign(call: Call) -> Answer:
    """Give every dossier to a colleague, or to nobody. Raises Invalid, NotFound, LotUsed."""
    only_asked(call, _REFERENT)
    id = read_lot(call.connection, call.identity, call.id("lot_id")).id
    typed = call.text(_REFERENT.key)
    compte = None if typed == "0" else row_named(typed or "?")
    return _goes_on(call, ask_to_assign(call.session, call.identity, id, compte))


@subject.post(
    f"{_ONE}/etiqueter",
    "Poser une étiquette sur tous",
    Lot,
    asks=(_TAG,),
    keyed=False,
    example={"etiquette": "À rappeler"},
)
def tag(call: Call) -> Answer:
    """Put an étiquette on every dossier; a new one is made by naming it. Raises Invalid…"""
    only_asked(call, _TAG)
    id = read_lot(call.connection, call.identity, call.id("lot_id")).id
    found = find_or_create_tag(call.session, call.identity, call.text(_TAG.key))
    return _goes_on(call, ask_to_tag(call.session, call.identity, id, found))


@subject.post(
    f"{_ONE}/retirer",
    "Retirer une étiquette de tous",
    Lot,
    asks=(_UNTAG,),
    keyed=False,
    example={"retiree": "3"},
)
def untag(call: Call) -> Answer:
    """Take an étiquette off every dossier. Raises Invalid, NotFound, LotUsed."""
    only_asked(call, _UNTAG)
    id = read_lot(call.connection, call.identity, call.id("lot_id")).id
    named = row_named(call.text(_UNTAG.key)) or 0
    found = read_tag(call.connection, call.organisme_id, named)
    if found is None:
        raise Invalid({_UNTAG.key: "Choisissez une étiquette dans la liste."})
    return _goes_on(call, ask_to_untag(call.session, call.identity, id, found))


@subject.post(
    f"{_ONE}/actions/{{key}}/{{action}}",
    "Préparer une action : chaque dossier est vérifié",
    Lot,
    asks=None,
    keyed=False,
    example={"rendez_vous": "2026-03-20T10:00", "lieu_rendez_vous": "Au bureau"},
)
def prepare(call: Call) -> Answer:
    """Rehearse an action on every dossier: nothing moves yet. Raises Invalid, NotFound, LotUsed."""
    answers = {name: value for name, value in call.body.items() if name != REASON}
    reason = call.text(REASON) or None
    names = call.path["key"], call.path["action"]
    asked = call.id("lot_id"), names, answers, reason
    return _goes_on(call, ask_to_move(call.session, call.house.engine, call.identity, *asked))


@subject.post(f"{_ONE}/executer", "Faire ce qui a été vérifié", Lot, keyed=False)
def execute(call: Call) -> Answer:
    """Do what was rehearsed, each dossier in its own transaction. Raises NotFound, LotUsed."""
    only_asked(call)
    return _goes_on(call, ask_to_carry_out(call.session, call.identity, call.id("lot_id")))


@subject.post(f"{_ONE}/suite", "Continuer ce qui est en cours", Lot, keyed=False)
def go_on(call: Call) -> Answer:
    """Go on for a while; at the end, nothing is done again. Raises NotFound."""
    only_asked(call)
    return _goes_on(call, read_lot(call.connection, call.identity, call.id("lot_id")))


@subject.post(f"{_ONE}/reprendre", "Reprendre les dossiers refusés", Lot, status=201)
def try_again(call: Call) -> Answer:
    """A new lot of the dossiers that were refused. Raises NothingChosen, NotFound."""
    only_asked(call)
    id = call.id("lot_id")
    chosen = Chosen(
        refused_of(call.connection, call.identity, id),
        back=read_lot(call.connection, call.identity, id).retour,
    )
    new = open_lot(call.session, call.identity, chosen, call.now, call.key or new_key())
    return Answer(_told(call, new), location=f"{PREFIX}/lots/{new}")


@subject.post(f"{_ONE}/annuler", "Annuler ce qui a été confié ou étiqueté", Lot, keyed=False)
def undo(call: Call) -> Answer:
    """Take back what was assigned or tagged, but for what changed since. Raises NotFound."""
    only_asked(call)
    id = call.id("lot_id")
    asked = ask_to_undo(call.session, call.identity, id)
    return _goes_on(call, asked or read_lot(call.connection, call.identity, id))


def _chosen(call: Call) -> Chosen:
    typed = call.body.get(_IDS)
    listed = [typed] if isinstance(typed, str) else typed or []
    unknown = dict.fromkeys(call.body, "Cette opération ne demande pas ce champ.")
    faults = {name: fault for name, fault in unknown.items() if name not in (_IDS, _QUERY)}
    ids = [row_named(text) for text in listed]
    if not all(ids):
        faults[_IDS] = "Donnez des ids de dossiers."
    if listed and call.body.get(_QUERY) is not None:
        faults[_QUERY] = "Donnez des ids ou des filtres, pas les deux."
    if faults:
        raise Invalid(faults)
    if call.body.get(_QUERY) is None:
        return Chosen([id for id in ids if id])
    query, filters = read_requete(call, _QUERY)
    return Chosen((), filters, query)


def _goes_on(call: Call, lot: OpenLot) -> Answer:
    """Once what is asked is written: work for a while, then the lot as it is."""
    house, identity, now = call.house, call.identity, call.now

    def go() -> Lot:
        work(house, identity, now, lot.id)
        with house.database.reading() as session:
            return told_lot(house, session, identity, lot.id)

    return Answer(goes_on=go)


def _told(call: Call, id: int) -> Lot:
    return told_lot(call.house, call.session, call.identity, id)


def told_lot(house: House, session: Session, identity: Identity, id: int) -> Lot:
    """A lot as it is. Raises NotFound."""
    connection, engine = session.connection(), house.engine
    place = Place(connection, engine, identity.organisme_id)
    lot = read_lot(connection, identity, id)
    groups, counts = groups_of(connection, id), counts_by_state(connection, id)
    offered = common_actions(engine, identity, groups) if lot.etat in ("choix", "verifie") else ()
    return {
        "id": id,
        "titre": lot.titre,
        "nature": lot.nature,
        "etat": lot.etat,
        "nombre": lot.nombre,
        "restants": left_of(lot, counts),
        "devenus": dict(counts),
        "raisons": [
            {"message": text, "nombre": count}
            for text, count in reasons_of(connection, id).most_common()
        ],
        "groupes": [_group(engine, each) for each in groups],
        "actions": [_action(place, each) for each in offered],
        "cree_le": lot.cree_le,
    }


def _group(engine: Engine, group: Group) -> GroupeLot:
    pipeline = engine.catalogue.machine(group.pipeline, group.version).pipeline
    return {
        "dispositif": group.pipeline,
        "etape": group.stage,
        "libelle": pipeline.stage(group.stage).label,
        "nombre": group.count,
    }


def _action(place: Place, offered: CommonAction) -> ActionLot:
    action = offered.action
    return {
        "dispositif": offered.pipeline,
        "cle": action.key,
        "libelle": action.label,
        "nombre": offered.count,
        "motif_demande": action.reason,
        "lettres": list(action.letters),
        "schema": action_schema(place, action),
    }
