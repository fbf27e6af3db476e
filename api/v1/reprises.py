"""What was kept in spreadsheets, taken over: sent, mapped, checked, written, taken back.

For the direction alone. The work begins once the answer was sent: ask for the reprise again to see
how far it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from api.v1.contract import Answer, Call, Subject
from api.v1.given import only_asked
from api.v1.paging import PAGING, next_url, page_size, place_asked
from api.v1.routes import PREFIX
from api.v1.shapes.reprises import Anomalies, Reprise, Reprises, Sujets
from api.v1.told_reprise import told_fault, told_line, told_reprise, told_subject
from grants.reprise import running
from grants.reprise.corrections import CSV_TYPE, XLSX_TYPE, corrected
from grants.reprise.faults import unpack
from grants.reprise.files import MOST_MEGABYTES, XLSX
from grants.reprise.models import model
from grants.reprise.queries import list_reprises, read_reprise
from grants.reprise.service import (
    COLUMN,
    FILE,
    HEADER,
    SHEET,
    SUBJECT,
    Sent,
    choose_sheet,
    give_up,
    launch_check,
    launch_undo,
    launch_write,
    receive,
    subject_of,
    subjects,
)
from grants.reprise.targets import targets_of
from workflow.errors import Invalid, NotFound
from workflow.pipeline import Field

subject = Subject("Reprise de données")
_ONE = "/reprises/{reprise_id}"
_MEGABYTE = 1024 * 1024
_SUBJECT = Field(
    key=SUBJECT,
    label="Ce que contient le fichier",
    type="texte",
    longest=60,
    required=True,
    help="La clé d’un sujet de /reprises/sujets.",
)
_SHEET = Field(key=SHEET, label="Feuille", type="texte", longest=200, required=True)
_HEADER = Field(
    key=HEADER, label="Numéro de la ligne des titres", type="texte", longest=6, required=True
)
_COLUMNS = {
    "type": "object",
    "description": "Par colonne, la clé de ce qu’elle donne ; rien, si elle n’est pas reprise.",
    "patternProperties": {f"^{COLUMN}-[0-9]{{1,3}}$": {"type": ["string", "null"]}},
    "additionalProperties": False,
}


@subject.get("/reprises", "Les fichiers repris", Reprises, direction=True)
def reprises(call: Call) -> Reprises:
    """The latest ones."""
    found = list_reprises(call.connection, call.organisme_id)
    return {"reprises": [told_line(each) for each in found]}


@subject.post(
    "/reprises",
    "Envoyer un fichier à reprendre",
    Reprise,
    status=201,
    asks=(_SUBJECT,),
    takes="table",
    upload=FILE,
    direction=True,
)
def send(call: Call) -> Answer:
    """Keep a file, its columns guessed: nothing is taken over yet. Raises Invalid."""
    file = call.table
    only_asked(call, _SUBJECT, Field(key=FILE, label="Fichier", type="texte"))
    if file is None:
        raise Invalid({FILE: "Choisissez un fichier."})
    if len(file.content) > MOST_MEGABYTES * _MEGABYTE:
        raise Invalid({FILE: f"Ce fichier dépasse {MOST_MEGABYTES} Mo. Partagez-le en plusieurs."})
    sent = Sent(call.text(SUBJECT), file.name, file.content)
    id = receive(call.session, call.house.engine, call.identity, sent, call.now)
    return Answer(_told(call, id), location=f"{PREFIX}/reprises/{id}")


@subject.get("/reprises/sujets", "Ce qui se reprend, colonne par colonne", Sujets, direction=True)
def known_subjects(call: Call) -> Sujets:
    """What a file may hold, and what each of its columns may bring."""
    engine = call.house.engine
    return {"sujets": [told_subject(engine, key, label) for key, label in subjects(engine)]}


@subject.get(
    "/reprises/modeles/{modele}", "Un modèle à remplir", None, media=(XLSX_TYPE,), direction=True
)
def download_model(call: Call) -> Answer:
    """A workbook to fill in. Raises NotFound."""
    engine, key = call.house.engine, call.path["modele"]
    found = subject_of(engine, key)
    if found is None:
        raise NotFound
    return _file(model(targets_of(engine, *found)), f"modele-{key}.xlsx", XLSX_TYPE)


@subject.get(_ONE, "Un fichier, là où il en est", Reprise, direction=True)
def reprise(call: Call) -> Reprise:
    """How it is read, what was found, how far the work is. Raises NotFound."""
    return _told(call, call.id("reprise_id"))


@subject.post(
    f"{_ONE}/feuille",
    "Lire une autre feuille, ou d’autres titres",
    Reprise,
    asks=(_SHEET, _HEADER),
    direction=True,
    example={SHEET: "Feuille1", HEADER: "2"},
)
def read_otherwise(call: Call) -> Reprise:
    """The columns are guessed again. Raises Invalid, NotFound, NotAtThatPoint."""
    only_asked(call, _SHEET, _HEADER)
    id, raw = call.id("reprise_id"), {name: call.text(name) for name in (SHEET, HEADER)}
    choose_sheet(call.session, call.house.engine, call.identity, id, raw)
    return _told(call, id)


@subject.post(
    f"{_ONE}/colonnes",
    "Dire ce que donnent les colonnes, et vérifier",
    Reprise,
    asks=None,
    schema=_COLUMNS,
    direction=True,
    example={f"{COLUMN}-0": "nom", f"{COLUMN}-1": "siret"},
)
def check(call: Call) -> Answer:
    """Begin the dry run. Raises Invalid, NotFound, NotAtThatPoint, AlreadyUnderWay."""
    id = call.id("reprise_id")
    only_asked(call, but=f"{COLUMN}-")
    raw = {name: call.text(name) for name in call.body}
    launch_check(call.session, call.house.engine, call.identity, id, raw, call.now)
    return _launched(call, id, running.check)


@subject.get(
    f"{_ONE}/anomalies",
    "Ce qui est à corriger, case par case",
    Anomalies,
    query=PAGING,
    direction=True,
)
def faults(call: Call) -> Answer:
    """What the dry run found wrong, one page. Raises NotFound."""
    row = read_reprise(call.connection, call.organisme_id, call.id("reprise_id"))
    size, place = page_size(call), place_asked(call)
    found, start = unpack(row["anomalies"]), place[0] if place else 0
    end = start + size
    following = next_url(call, [end]) if end < len(found) else None
    data: Anomalies = {
        "anomalies": [told_fault(each) for each in found[start:end]],
        "suivant": following,
    }
    return Answer(data, next=following)


@subject.get(
    f"{_ONE}/anomalies/fichier",
    "Le fichier à corriger et à renvoyer",
    None,
    media=(XLSX_TYPE, CSV_TYPE),
    direction=True,
)
def download_faults(call: Call) -> Answer:
    """What was sent, with what is wrong beside each row. Raises NotFound."""
    row = read_reprise(call.connection, call.organisme_id, call.id("reprise_id"))
    if row["contenu"] is None or row["anomalies"] is None:
        raise NotFound
    reading = running.reading_of(row["lecture"])
    content = corrected(row["format"], row["contenu"], reading, unpack(row["anomalies"]))
    kind = XLSX_TYPE if row["format"] == XLSX else CSV_TYPE
    return _file(content, f"a-corriger-{row['id']}.{row['format']}", kind)


@subject.post(f"{_ONE}/lancer", "Reprendre le fichier, tout ou rien", Reprise, direction=True)
def take_over(call: Call) -> Answer:
    """Take over what the dry run found sound. Raises Invalid, StillFaulty, NotAtThatPoint…"""
    only_asked(call)
    id = call.id("reprise_id")
    launch_write(call.session, call.identity, id, call.now)
    return _launched(call, id, running.write)


@subject.post(f"{_ONE}/annuler", "Annuler une reprise", Reprise, direction=True)
def take_back(call: Call) -> Answer:
    """Take a reprise back while nothing hangs on it: `message` says what does. Raises NotFound…"""
    only_asked(call)
    id = call.id("reprise_id")
    launch_undo(call.session, call.identity, id, call.now)
    return _launched(call, id, running.undo)


@subject.post(f"{_ONE}/abandonner", "Abandonner un fichier", Reprise, direction=True)
def abandon(call: Call) -> Reprise:
    """Forget a file that was not taken over. Raises NotFound, NotAtThatPoint."""
    only_asked(call)
    id = call.id("reprise_id")
    give_up(call.session, call.identity, id)
    return _told(call, id)


def _told(call: Call, id: int) -> Reprise:
    row = read_reprise(call.connection, call.organisme_id, id)
    return told_reprise(call.connection, row)


def _launched(call: Call, id: int, work: Callable[[running.Job], Any]) -> Answer:
    house = call.house
    job = running.Job(house.database, house.engine, call.identity, id, house.clock)
    return Answer(_told(call, id), later=lambda: work(job))


def _file(content: bytes, name: str, kind: str) -> Answer:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Answer(file=Response(content, media_type=kind, headers=headers))
