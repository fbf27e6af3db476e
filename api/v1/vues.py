"""The list as each person keeps it: saved views, chosen columns."""

from __future__ import annotations

import dataclasses

from api.presentation.listed_columns import BY_KEY, CHOSEN_FROM, COLUMNS, USUAL
from api.v1.contract import Answer, Call, Subject
from api.v1.given import answered
from api.v1.requetes import LONGEST, read_requete
from api.v1.routes import PREFIX
from api.v1.shapes.listes import Colonnes, Vue, Vues
from grants.dossiers.listes.preferences import choose_columns, open_first, preference_of
from grants.dossiers.listes.vues import (
    LONGEST_NAME,
    SavedVue,
    delete_vue,
    may_change,
    read_vue,
    rename_vue,
    replace_vue,
    save_vue,
    vues_of,
)
from workflow.pipeline import Choice, Field

subject = Subject("Listes")
_ONE = "/vues/{vue_id}"
_NAME = Field(key="nom", label="Nom", type="texte", longest=LONGEST_NAME, required=True)
_SHARED = Field(key="partagee", label="Partagée avec tout l’organisme", type="oui_non")
_FIRST = Field(key="premiere", label="S’ouvre d’abord", type="oui_non")
_QUERY = Field(
    key="requete",
    label="Filtres et tri",
    type="texte",
    longest=LONGEST,
    help="Ce qui suit le « ? » dans l’adresse de la liste : les filtres de /dossiers.",
)
_COLUMNS = Field(
    key="colonnes",
    label="Colonnes",
    type="choix_multiple",
    choices=tuple(Choice(key=key, label=BY_KEY[key].label) for key in CHOSEN_FROM),
    help="Dans leur ordre ; les habituelles sans rien dire.",
)
_CONTENT = {"requete": "dispositif=microprojets&etape=cts&tri=depuis", "colonnes": ["referent"]}


@subject.get("/vues", "Les vues de la liste", Vues)
def vues(call: Call) -> Vues:
    """Those that this person may open, by name."""
    first = _first(call)
    return {"vues": [_told(call, each, first) for each in vues_of(call.connection, call.identity)]}


@subject.post(
    "/vues",
    "Enregistrer une vue",
    Vue,
    status=201,
    asks=(_NAME, _QUERY, _COLUMNS, _SHARED, _FIRST),
    personal=True,
    example={"nom": "Au comité", **_CONTENT, "partagee": "non"},
)
def save(call: Call) -> Answer:
    """Keep filters, an order and columns under a name. Raises Invalid, TooManyVues, ReadOnly."""
    typed = answered(call, _NAME, _QUERY, _COLUMNS, _SHARED, _FIRST)
    query, _filters = read_requete(call, _QUERY.key)
    id = save_vue(
        call.session,
        call.identity,
        typed["nom"] or "",
        query,
        typed["colonnes"] or (),
        partagee=bool(typed["partagee"]),
    )
    if typed["premiere"]:
        open_first(call.session, call.identity, id)
    return Answer(_read(call, id), location=f"{PREFIX}/vues/{id}")


@subject.get(_ONE, "Une vue", Vue)
def vue(call: Call) -> Vue:
    """A view that this person may open. Raises NotFound."""
    return _read(call, call.id("vue_id"))


@subject.put(
    _ONE,
    "Renommer une vue, la partager ou non",
    Vue,
    asks=(_NAME, _SHARED),
    personal=True,
    example={"nom": "Au prochain comité", "partagee": "non"},
)
def rename(call: Call) -> Vue:
    """Rename a view; unless it is said, it stays shared or not. Raises Invalid, VueReserved…"""
    typed, vue = answered(call, _NAME, _SHARED), _mine(call)
    nom, said = typed["nom"] or "", typed["partagee"]
    shared = vue.partagee if said is None else said
    rename_vue(call.session, call.identity, vue.id, nom, partagee=shared)
    # Taken out of what is shared, a colleague's view can be read no more.
    return _told(call, dataclasses.replace(vue, nom=nom, partagee=shared), _first(call))


@subject.put(
    f"{_ONE}/contenu",
    "Donner d’autres filtres à une vue",
    Vue,
    asks=(_QUERY, _COLUMNS),
    personal=True,
    example=_CONTENT,
)
def replace(call: Call) -> Vue:
    """Other filters, another order, other columns. Raises Invalid, NotFound, VueReserved."""
    typed, id = answered(call, _QUERY, _COLUMNS), call.id("vue_id")
    query, _filters = read_requete(call, _QUERY.key)
    replace_vue(call.session, call.identity, id, query, typed["colonnes"] or ())
    return _read(call, id)


@subject.put(f"{_ONE}/premiere", "Ouvrir une vue d’abord", Vue, personal=True)
def first(call: Call) -> Vue:
    """Make a view the one that opens first, for this person. Raises NotFound."""
    id = _mine(call).id
    open_first(call.session, call.identity, id)
    return _read(call, id)


@subject.delete(f"{_ONE}/premiere", "Ne plus l’ouvrir d’abord", Vue, personal=True)
def not_first(call: Call) -> Vue:
    """The whole list opens first again, if this view did. Raises NotFound."""
    id = _mine(call).id
    if _first(call) == id:
        open_first(call.session, call.identity, None)
    return _read(call, id)


@subject.delete(_ONE, "Supprimer une vue", Vues, personal=True)
def drop(call: Call) -> Vues:
    """Take a view away. Raises NotFound, VueReserved."""
    delete_vue(call.session, call.identity, call.id("vue_id"))
    return vues(call)


@subject.get("/colonnes", "Les colonnes de la liste", Colonnes)
def columns(call: Call) -> Colonnes:
    """Every column of the list and of its exports, and those chosen for the screen."""
    chosen = preference_of(call.connection, call.identity).columns
    return {
        "colonnes": [
            {
                "cle": each.key,
                "libelle": each.label,
                "genre": each.kind,
                "a_l_ecran": each.key in CHOSEN_FROM,
            }
            for each in COLUMNS
        ],
        "choisies": [key for key in chosen if key in CHOSEN_FROM] or list(USUAL),
    }


@subject.put(
    "/colonnes",
    "Choisir les colonnes de l’écran",
    Colonnes,
    asks=(_COLUMNS,),
    personal=True,
    example={"colonnes": ["etape", "referent", "demande"]},
)
def choose(call: Call) -> Colonnes:
    """Keep the columns of this person, in their order; the usual ones for none. Raises Invalid."""
    chosen = answered(call, _COLUMNS)["colonnes"] or ()
    choose_columns(call.session, call.identity, chosen, CHOSEN_FROM)
    return columns(call)


def _mine(call: Call) -> SavedVue:
    return read_vue(call.connection, call.identity, call.id("vue_id"))


def _read(call: Call, id: int) -> Vue:
    return _told(call, read_vue(call.connection, call.identity, id), _first(call))


def _first(call: Call) -> int | None:
    return preference_of(call.connection, call.identity).vue_id


def _told(call: Call, vue: SavedVue, first: int | None) -> Vue:
    return {
        "id": vue.id,
        "nom": vue.nom,
        "requete": vue.requete,
        "colonnes": list(vue.columns),
        "partagee": vue.partagee,
        "proprietaire": vue.owner,
        "modifiable": may_change(call.identity, vue),
        "premiere": vue.id == first,
        "dossiers": f"{PREFIX}/dossiers?{vue.requete}" if vue.requete else f"{PREFIX}/dossiers",
    }
