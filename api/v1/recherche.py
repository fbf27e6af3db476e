"""What awaits people, and anything of the organisme by its words."""

from __future__ import annotations

from datetime import date
from typing import Any

from api.presentation.aujourdhui import aujourdhui_page
from api.presentation.fields import Asking
from api.presentation.whose import EVERYBODY, NOT_TAKEN, WHOSE, Whose, read_whose
from api.v1.contract import Answer, Call, Subject
from api.v1.given import number_of, of_the_dossier
from api.v1.paging import PAGING, next_url, page_size, place_asked
from api.v1.shapes.recherche import (
    Aujourdhui,
    Chose,
    DossierTrouve,
    LigneTache,
    PageTaches,
    Recherche,
    Taches,
)
from api.views.aujourdhui import Todo
from grants.dossiers.taches.queries import TaskLine, open_tasks, tasks_of_dossier
from grants.recherche.queries import DossierFound, search
from grants.recherche.words import LONGEST_QUERY
from workflow.dates import to_paris
from workflow.errors import Invalid
from workflow.texts import TextFault, clean_text

subject = Subject("Ce qui attend")
_MOST = 30
_WHOSE = {
    WHOSE: f"« moi », « {EVERYBODY} », « {NOT_TAKEN} » (à prendre) ou l’id d’un collègue ;"
    " sans rien dire, ce que l’écran montre d’abord.",
}


@subject.get("/aujourdhui", "Ce qui attend, le plus pressé d’abord", Aujourdhui, query=_WHOSE)
def today(call: Call) -> Aujourdhui:
    """What awaits somebody, as on the first page. Raises Invalid."""
    asking = Asking(call.connection, call.house.engine, call.organisme_id)
    found = aujourdhui_page(asking, call.identity, _whose(call), call.now)
    return {
        "jour": to_paris(call.now).date().isoformat(),
        "sections": [
            {
                "cle": section.key,
                "titre": section.title,
                "lignes": [_thing(each) for each in section.lines],
                "suite": section.more,
            }
            for section in found.sections
        ],
        "faites": [_thing(each) for each in found.done],
    }


@subject.get("/taches", "Les tâches à faire", PageTaches, query={**_WHOSE, **PAGING})
def tasks(call: Call) -> Answer:
    """What is still to be done, soonest first: one page. Raises Invalid."""
    size, place = page_size(call), place_asked(call)
    after = None if place is None else (date.fromisoformat(place[0]), place[1])
    found = open_tasks(call.connection, call.organisme_id, _whose(call).id, size + 1, after)
    last = found[size - 1] if len(found) > size else None
    following = None if last is None else next_url(call, [last.pour_le.isoformat(), last.id])
    data: PageTaches = {"taches": [_task(each) for each in found[:size]], "suivant": following}
    return Answer(data, next=following)


@subject.get("/dossiers/{dossier_id}/taches", "Les tâches d’un dossier", Taches)
def tasks_of(call: Call) -> Taches:
    """What is to be done, then what is done. Raises NotFound."""
    found = tasks_of_dossier(call.connection, of_the_dossier(call))
    return {"taches": [_task(each) for each in found]}


@subject.get(
    "/recherche",
    "Tout ce que des mots trouvent",
    Recherche,
    query={"q": "Des mots, un SIRET, une référence, un téléphone."},
)
def find(call: Call) -> Recherche:
    """Structures, people, dossiers, notes and files; misspelt words corrected. Raises Invalid."""
    try:
        text = clean_text(call.query.get("q", ""), longest=LONGEST_QUERY)
    except TextFault as fault:
        raise Invalid({"q": str(fault)}) from fault
    found = search(call.connection, call.organisme_id, text, _MOST)
    return {
        "mots": list(found.words),
        "corrections": list(found.spellings),
        "structures": [_plain(each) for each in found.structures],
        "personnes": [_plain(each) for each in found.personnes],
        "dossiers": [_dossier(each) for each in found.dossiers],
        "notes": [_plain(each) for each in found.notes],
        "fichiers": [_plain(each) for each in found.fichiers],
    }


def _whose(call: Call) -> Whose:
    word = call.query.get(WHOSE, "")
    if word not in ("", "moi", EVERYBODY, NOT_TAKEN) and number_of(word) is None:
        raise Invalid({WHOSE: "Cette valeur n’est pas connue ici."})
    return read_whose(word, call.identity)


def _thing(todo: Todo) -> Chose:
    return {
        "nature": todo.kind,
        "titre": todo.title,
        "quand": todo.when,
        "le": todo.exactly,
        "precision": todo.note,
        "en_retard": todo.late,
        "tache_id": todo.task_id,
        "dossier_id": todo.dossier_id,
        "dossier": todo.about,
        "pour": todo.who.nom if todo.who else None,
    }


def _task(line: TaskLine) -> LigneTache:
    return {
        "id": line.id,
        "titre": line.titre,
        "pour_le": line.pour_le,
        "pour": line.pour,
        "auteur": line.auteur,
        "dossier_id": line.dossier.id if line.dossier else None,
        "reference": line.dossier.reference if line.dossier else None,
        "faite_le": line.faite_le,
        "faite_par": line.faite_par,
    }


def _dossier(found: DossierFound) -> DossierTrouve:
    return {
        "id": found.id,
        "reference": found.reference,
        "titre": found.titre,
        "dispositif": found.pipeline,
        "etape": found.stage,
        "structure": found.structure,
        "porteur": found.porteur,
    }


def _plain(found: Any) -> Any:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}
