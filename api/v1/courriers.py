"""Letters: their list, one of them whole, and what a colleague does with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from api.mailing import mailroom_of, press_of
from api.presentation.courrier import is_fixed
from api.presentation.printing import printed_together
from api.v1.contract import Answer, Arrival, Call, Subject
from api.v1.days import day_asked, midnight
from api.v1.given import answered, number_of, only_asked
from api.v1.paging import PAGING, next_url, page_size, place_asked
from api.v1.routes import PREFIX
from api.v1.shapes.courriers import Courrier, FichierJoint, LigneCourrier, PageCourriers
from grants.dossiers.lettres.lacking import told_lacking
from grants.dossiers.reading import KIND
from grants.relances import envois
from grants.relances.envois import Choice, Mailroom
from notifications.courrier_table import CHANNELS, STATES
from notifications.desk import preview
from notifications.letter_queries import Filters, Place, WholeLetter, file_of, letter, letters
from workflow.engine import Engine
from workflow.errors import DomainError, Invalid
from workflow.pipeline import Field

subject = Subject("Courriers")
_LETTER = "/courriers/{courrier_id}"
_PDF = "application/pdf"
_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
_FILTERS = {
    "etat": "Un ou plusieurs états, séparés par des virgules : " + ", ".join(STATES) + ".",
    "voie": "courriel ou papier.",
    "lettre": "La clé d’une lettre.",
    "personne": "L’id d’un destinataire.",
    "dossier": "L’id d’un dossier ; les rappels groupés qui en parlent y sont aussi.",
    "rappel": "1 : les rappels seuls ; 0 : les autres courriers.",
    "du": "Préparé à partir de ce jour (AAAA-MM-JJ).",
    "au": "Préparé jusqu’à ce jour.",
}
_SHOWN = Field(
    key="affiche",
    label="L’empreinte lue",
    type="texte",
    longest=64,
    help="L’« empreinte » du texte lu : s’il a changé depuis, rien ne part.",
)
_UNKNOWN = "Cette valeur n’est pas connue ici."


@subject.get("/courriers", "Les courriers", PageCourriers, query={**_FILTERS, **PAGING})
def listed(call: Call) -> Answer:
    """One page of the letters, the latest first. Raises Invalid."""
    size, place = page_size(call), place_asked(call)
    after = None if place is None else Place(datetime.fromisoformat(place[0]), place[1])
    found = letters(call.connection, call.organisme_id, _filters(call), after, size + 1)
    following = None
    if len(found) > size:
        last = found[size - 1]
        following = next_url(call, [last.created_at.isoformat(), last.id])
    engine = call.house.engine
    lines = [_line(engine, {name: getattr(each, name) for name in _NAMES}) for each in found[:size]]
    data: PageCourriers = {"courriers": lines, "suivant": following}
    return Answer(data, next=following)


@subject.get(_LETTER, "Un courrier", Courrier)
def whole(call: Call) -> Courrier:
    """One letter, as its recipient reads it. Raises NotFound."""
    found = letter(call.connection, call.organisme_id, call.id("courrier_id"))
    row = dict(found.row)
    cause: str | None = None
    if not is_fixed(row):
        write = press_of(call.house.engine)
        seen = preview(call.connection, write, call.organisme_id, row["id"], call.now)
        cause = seen.cause
        row["missing"] = ", ".join(seen.missing) or None
        if seen.written is not None:
            text = seen.written
            row |= {"subject_line": text.subject, "body_text": text.text}
            row |= {"body_html": text.html, "digest": text.digest}
    return {
        **_line(call.house.engine, row),
        "texte": row["body_text"],
        "html": row["body_html"],
        "empreinte": row["digest"],
        "defaut_du_modele": cause,
        "message_id": row["message_id"],
        "fichiers": _files(row["id"], found),
        "dossiers": list(dict.fromkeys(each["subject_id"] for each in found.reminders)),
    }


@subject.get(f"{_LETTER}/lettre.pdf", "Un courrier à imprimer", None, media=(_PDF,))
def printed(call: Call) -> Answer:
    """The letter on the organisme's letterhead. Raises NotFound, LetterIncomplete, LetterFaulty."""
    press, id = press_of(call.house.engine), call.id("courrier_id")
    content = printed_together(call.connection, press, call.organisme_id, [id], call.now)
    return Answer(file=Response(content, media_type=_PDF, headers=_PRIVATE))


@subject.get(
    f"{_LETTER}/fichiers/{{name}}", "Un fichier joint", None, media=(_PDF, "text/calendar")
)
def carried(call: Call) -> Answer:
    """A file that the letter carried, as it was sent. Raises NotFound."""
    about = (call.organisme_id, call.id("courrier_id"), call.path["name"])
    media_type, content = file_of(call.connection, *about)
    plain = media_type.partition(";")[0]
    return Answer(file=Response(content, media_type=plain, headers=_PRIVATE))


@contextmanager
def _written_first(arrival: Arrival) -> Iterator[envois.Seen | DomainError]:
    """The text that would leave, or why it cannot: told once the key was looked at."""
    house, choice = arrival.house, Choice(int(arrival.path["courrier_id"]))
    room = mailroom_of(house.settings, house.engine)
    try:
        seen: Any = envois.written(house.database, room, arrival.identity, choice, house.clock())
    except DomainError as error:
        seen = error
    yield seen


@subject.post(
    f"{_LETTER}/envoyer",
    "Envoyer un courrier",
    Courrier,
    asks=(_SHOWN,),
    versioned=True,
    prepare=_written_first,
    example={},
)
def send(call: Call) -> Courrier:
    """What was read leaves. Raises NotFound, Stale, TooLate, LetterChanged, LetterIncomplete…"""
    shown = answered(call, _SHOWN)[_SHOWN.key]
    only_asked(call, _SHOWN)
    if isinstance(call.prepared, DomainError):
        raise call.prepared
    choice = Choice(call.id("courrier_id"), call.version, shown)
    envois.let_leave(call.session, _room(call), call.identity, choice, call.prepared, call.now)
    return whole(call)


@subject.post(f"{_LETTER}/annuler", "Ne pas envoyer un courrier", Courrier, versioned=True)
def stop(call: Call) -> Courrier:
    """It will not leave. Raises NotFound, Stale, TooLate."""
    return _done(call, envois.cancel)


@subject.post(f"{_LETTER}/renvoyer", "Envoyer de nouveau un courrier", Courrier, versioned=True)
def again(call: Call) -> Courrier:
    """Once more, to the address known today. Raises NotFound, Stale, TooLate, NoAddress."""
    return _done(call, envois.send_again)


@subject.post(f"{_LETTER}/poste", "Noter un courrier posté", Courrier, versioned=True)
def posted(call: Call) -> Courrier:
    """It was printed and posted. Raises NotFound, Stale, TooLate."""
    return _done(call, envois.mark_posted)


@subject.post(f"{_LETTER}/imprimer", "Imprimer plutôt qu’envoyer", Courrier, versioned=True)
def on_paper(call: Call) -> Courrier:
    """To be printed rather than sent. Raises NotFound, Stale, TooLate."""
    return _done(call, envois.print_instead)


@subject.post(f"{_LETTER}/completer", "Compléter un courrier", Courrier, versioned=True)
def filled_in(call: Call) -> Courrier:
    """What it lacked is taken from the dossier of today. Raises NotFound, Stale, TooLate."""
    return _done(call, envois.complete)


def _done(call: Call, gesture: Any) -> Courrier:
    """One gesture on one letter, then the letter as it stands."""
    only_asked(call)
    choice = Choice(call.id("courrier_id"), call.version)
    gesture(call.session, _room(call), call.identity, choice, call.now)
    return whole(call)


def _room(call: Call) -> Mailroom:
    return mailroom_of(call.house.settings, call.house.engine)


_NAMES = (
    *("id", "letter", "title", "subject_line", "state", "channel", "reminder", "subject_kind"),
    *("subject_id", "recipient_id", "recipient_name", "recipient_email", "created_at", "due_at"),
    *("sent_at", "attempts", "answer", "missing", "validated_by", "version"),
)


def _line(engine: Engine, row: Any) -> LigneCourrier:
    return {
        "id": row["id"],
        "lettre": row["letter"],
        "titre": row["title"],
        "objet": row["subject_line"],
        "etat": row["state"],
        "voie": row["channel"],
        "rappel": bool(row["reminder"]),
        "dossier_id": row["subject_id"] if row["subject_kind"] == KIND else None,
        "personne_id": row["recipient_id"],
        "destinataire": row["recipient_name"],
        "email": row["recipient_email"],
        "cree_le": row["created_at"],
        "part_le": row["due_at"],
        "envoye_le": row["sent_at"],
        "essais": row["attempts"],
        "reponse": row["answer"],
        "manque": told_lacking(engine, row["missing"]) if row["missing"] else None,
        "valide_par": row["validated_by"],
        "version": row["version"],
    }


def _files(id: int, found: WholeLetter) -> list[FichierJoint]:
    return [
        {
            "nom": each.name,
            "type": each.media_type,
            "taille": each.size,
            "empreinte": each.digest,
            "url": f"{PREFIX}/courriers/{id}/fichiers/{each.name}",
        }
        for each in found.files
    ]


def _filters(call: Call) -> Filters:
    """The filters of an address. Raises Invalid for what is not known."""
    query, faults = call.query, dict[str, str]()
    states = tuple(query["etat"].split(",")) if "etat" in query else ()
    dossier, personne = (_row(query, name, faults) for name in ("dossier", "personne"))
    known = {
        "etat": all(state in STATES for state in states),
        "voie": query.get("voie") in (None, *CHANNELS),
        "lettre": query.get("lettre") in (None, *call.house.engine.vocabulary.letters),
        "rappel": query.get("rappel") in (None, "0", "1"),
    }
    faults |= {name: _UNKNOWN for name, is_known in known.items() if not is_known}
    since, until = (day_asked(query, name, faults) for name in ("du", "au"))
    if faults:
        raise Invalid(faults)
    return Filters(
        states=states,
        channel=query.get("voie"),
        letter=query.get("lettre"),
        personne_id=personne,
        subject=None if dossier is None else (KIND, dossier),
        reminder=query["rappel"] == "1" if "rappel" in query else None,
        since=None if since is None else midnight(since),
        until=None if until is None else midnight(until + timedelta(days=1)),
    )


def _row(query: Any, name: str, faults: dict[str, str]) -> int | None:
    if name not in query:
        return None
    found = number_of(query[name])
    if found is None:
        faults[name] = _UNKNOWN
    return found
