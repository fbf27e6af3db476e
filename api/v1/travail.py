"""The work on a dossier: tâches, étiquettes."""

from __future__ import annotations

from api.v1 import shapes
from api.v1.contract import Answer, Call, Subject
from api.v1.given import of_the_dossier, only_asked
from api.v1.routes import PREFIX
from grants.dossiers.etiquettes.queries import read_tag, tags_of, tags_of_organisme
from grants.dossiers.etiquettes.service import find_or_create_tag, tag_dossier, untag_dossier
from grants.dossiers.taches.service import (
    DOSSIER_FIELD,
    TACHE_FIELDS,
    NewTask,
    create_task,
    finish_task,
    modify_task,
    read_task,
    reopen_task,
)
from workflow.errors import NotFound
from workflow.pipeline import Field

subject = Subject("Travail sur les dossiers")
_DOSSIER = "/dossiers/{dossier_id}"
_TASK = {"titre": "Appeler le porteur", "pour": "1", "pour_le": "2026-03-20"}
_TAG = Field(key="etiquette", label="Étiquette", type="texte", longest=40, required=True)


@subject.post(
    "/taches",
    "Donner une tâche",
    shapes.Cree,
    status=201,
    asks=(*TACHE_FIELDS, DOSSIER_FIELD),
    example=_TASK,
)
def new_task(call: Call) -> Answer:
    """Give a tâche, to oneself or to a colleague. Raises Invalid."""
    return _created(call, NewTask(call.body, key=call.key))


@subject.post(
    f"{_DOSSIER}/taches",
    "Donner une tâche sur un dossier",
    shapes.Cree,
    status=201,
    asks=TACHE_FIELDS,
    example=_TASK,
)
def new_task_of_dossier(call: Call) -> Answer:
    """Give a tâche that hangs on a dossier. Raises Invalid, NotFound."""
    return _created(call, NewTask(call.body, of_the_dossier(call), call.key))


@subject.get("/taches/{task_id}", "Une tâche", shapes.Tache)
def task(call: Call) -> shapes.Tache:
    """One tâche. Raises NotFound."""
    row = read_task(call.connection, call.organisme_id, call.id("task_id"))
    return {
        "id": row["id"],
        "titre": row["titre"],
        "dossier_id": row["dossier_id"],
        "pour_id": row["pour_id"],
        "pour_le": row["pour_le"],
        "faite_le": row["faite_le"],
        "version": row["version"],
    }


@subject.put(
    "/taches/{task_id}",
    "Changer une tâche",
    shapes.Tache,
    asks=TACHE_FIELDS,
    versioned=True,
    example=_TASK,
)
def change_task(call: Call) -> shapes.Tache:
    """Say it otherwise, give it to somebody else, put it off. Raises Invalid, NotFound, Stale."""
    modify_task(
        call.session,
        call.house.engine,
        call.identity,
        call.id("task_id"),
        call.body,
        call.now,
        call.version,
    )
    return task(call)


@subject.post("/taches/{task_id}/faite", "C’est fait", shapes.Tache)
def finish(call: Call) -> shapes.Tache:
    """It is done. Raises NotFound."""
    finish_task(call.session, call.house.engine, call.identity, call.id("task_id"), call.now)
    return task(call)


@subject.post("/taches/{task_id}/rouvrir", "Ce n’est pas fait", shapes.Tache)
def reopen(call: Call) -> shapes.Tache:
    """It is to be done after all. Raises NotFound."""
    reopen_task(call.session, call.house.engine, call.identity, call.id("task_id"), call.now)
    return task(call)


@subject.get("/etiquettes", "Les étiquettes de l’organisme", shapes.Etiquettes)
def tags(call: Call) -> shapes.Etiquettes:
    """Every étiquette, by name."""
    found = tags_of_organisme(call.connection, call.organisme_id)
    return {"etiquettes": [{"id": each.id, "nom": each.nom} for each in found]}


@subject.get(f"{_DOSSIER}/etiquettes", "Les étiquettes d’un dossier", shapes.Etiquettes)
def tags_on(call: Call) -> shapes.Etiquettes:
    """Those of a dossier, by name. Raises NotFound."""
    return _tags(call)


@subject.post(
    f"{_DOSSIER}/etiquettes",
    "Poser une étiquette",
    shapes.Etiquettes,
    asks=(_TAG,),
    example={"etiquette": "Urgent"},
)
def put_on(call: Call) -> shapes.Etiquettes:
    """Put an étiquette on a dossier; a new one is made by naming it. Raises Invalid, NotFound."""
    only_asked(call, _TAG)
    of_the_dossier(call)
    tag = find_or_create_tag(call.session, call.identity, call.text(_TAG.key))
    id, engine = call.id("dossier_id"), call.house.engine
    tag_dossier(call.session, engine, call.identity, id, tag, call.now)
    return _tags(call)


@subject.delete(f"{_DOSSIER}/etiquettes/{{etiquette_id}}", "Ôter une étiquette", shapes.Etiquettes)
def take_off(call: Call) -> shapes.Etiquettes:
    """Take an étiquette off a dossier. Raises NotFound."""
    tag = read_tag(call.connection, call.organisme_id, call.id("etiquette_id"))
    if tag is None:
        raise NotFound
    id, engine = call.id("dossier_id"), call.house.engine
    untag_dossier(call.session, engine, call.identity, id, tag.id, call.now)
    return _tags(call)


def _created(call: Call, task: NewTask) -> Answer:
    id = create_task(call.session, call.house.engine, call.identity, task, call.now)
    return Answer({"id": id}, location=f"{PREFIX}/taches/{id}")


def _tags(call: Call) -> shapes.Etiquettes:
    id = of_the_dossier(call)
    found = tags_of(call.connection, call.organisme_id, [id]).get(id, [])
    return {"etiquettes": [{"id": each.id, "nom": each.nom} for each in found]}
