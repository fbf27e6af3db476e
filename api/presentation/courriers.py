"""The letters of an organisme, as their list shows them: what waits for somebody comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection, select

from api.presentation.adresses import ADRESSES, stopped_among
from api.views.adresses import StoppedAddress
from api.views.chrome import Link
from api.views.courriers import LetterRow, LettersPage
from api.views.fields import Choice, FieldView
from api.views.listing import EmptyState, FilterBar, Tab
from api.visit import Visit
from grants.dossiers.lettres.lacking import told_lacking
from grants.dossiers.reading import KIND
from grants.dossiers.tables import Dossier
from notifications.letter_queries import Filters, LetterLine, Place, counts, letters
from notifications.outbox import (
    A_COMPLETER,
    A_VALIDER,
    ANNULE,
    ECHEC,
    EN_COURS,
    ENVOYE,
    PAPIER,
    PREPARE,
    PRET,
    STATE_LABELS,
)
from workflow.database import LARGEST_ID, table_of
from workflow.dates import DateFault, format_datetime, from_paris, parse_date
from workflow.engine import Engine

LIST = "/courriers"
PAGE = 50
Stopped = Mapping[str, StoppedAddress]
_D = table_of(Dossier)
_NONE: Stopped = {}
#: The views of the list: their key, what they are called, the states that they hold.
VIEWS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "a_valider": ("À valider", (A_VALIDER,)),
    "a_completer": ("À compléter", (A_COMPLETER,)),
    "echecs": ("Non remis", (ECHEC,)),
    "a_partir": ("À partir", (PREPARE, PRET, EN_COURS)),
    "partis": ("Partis", (ENVOYE,)),
    "annules": ("Annulés", (ANNULE,)),
    "tous": ("Tous", ()),
}
TONES = {
    PREPARE: "pierre",
    A_COMPLETER: "ocre",
    A_VALIDER: "bleu",
    PRET: "bleu",
    EN_COURS: "bleu",
    ENVOYE: "vert",
    ECHEC: "brique",
    ANNULE: "pierre",
}
_EMPTY = {
    "a_valider": ("Rien n’attend votre « Envoyer »", "Les lettres de décision s’arrêtent ici."),
    "a_completer": ("Aucun courrier incomplet", "Chaque valeur nécessaire est connue."),
    "echecs": ("Tout ce qui est parti est arrivé", "Une adresse refusée apparaîtrait ici."),
}


def list_page(
    connection: Connection, engine: Engine, visit: Visit, query: Mapping[str, str]
) -> LettersPage:
    """The letters that the address asks for; an unknown word of it is left aside."""
    numbers = counts(connection, (visit.identity.organisme_id,))
    view = query.get("vue", "")
    view = view if view in VIEWS else _first(numbers)
    filters = _filters(engine, view, query)
    found = letters(
        connection, visit.identity.organisme_id, filters, _place(query.get("avant", "")), PAGE + 1
    )
    rows = found[:PAGE]
    dossiers = _dossiers(connection, visit.identity.organisme_id, rows)
    stopped = _stopped(connection, visit, rows)
    kept = {key: query[key] for key in ("lettre", "voie", "du", "au") if query.get(key)}
    older = _address({"vue": view, **kept, "avant": _word(rows[-1])}) if len(found) > PAGE else None
    return LettersPage(
        tabs=_tabs(numbers, view, kept),
        addresses_url=ADRESSES,
        filters=FilterBar(
            url=LIST,
            fields=_questions(engine, query),
            reset_url=_address({"vue": view}) if kept else None,
            keep=(("vue", view),),
        ),
        here=view,
        rows=tuple(row_of(engine, each, dossiers, visit, stopped) for each in rows),
        may_write=visit.identity.may_write,
        url=LIST,
        older_url=older,
        empty=None if rows else _nothing(view, filtered=bool(kept)),
    )


def state_of(state: str, channel: str) -> str:
    """What a state is called: what is ready on paper is to be printed."""
    return "à imprimer" if (state, channel) == (PRET, PAPIER) else STATE_LABELS[state]


def _first(numbers: Mapping[str, int]) -> str:
    """Where somebody lands: on what waits for people, else on all of them."""
    waiting = (key for key in ("a_valider", "a_completer", "echecs") if _count(numbers, key))
    return next(waiting, "tous")


def _count(numbers: Mapping[str, int], key: str) -> int:
    return sum(numbers.get(state, 0) for state in VIEWS[key][1])


def _tabs(numbers: Mapping[str, int], view: str, kept: Mapping[str, str]) -> tuple[Tab, ...]:
    counted = ("a_valider", "a_completer", "echecs", "a_partir")
    return tuple(
        Tab(
            label=label,
            url=_address({"vue": key, **kept}),
            present=key == view,
            count=_count(numbers, key) if key in counted else None,
        )
        for key, (label, _states) in VIEWS.items()
    )


def _filters(engine: Engine, view: str, query: Mapping[str, str]) -> Filters:
    found = Filters(states=VIEWS[view][1])
    if query.get("lettre") in engine.vocabulary.letters:
        found = replace(found, letter=query["lettre"])
    if query.get("voie") in ("courriel", "papier"):
        found = replace(found, channel=query["voie"])
    since, until = _day(query.get("du", "")), _day(query.get("au", ""))
    if since:
        found = replace(found, since=_midnight(since))
    if until:
        found = replace(found, until=_midnight(until + timedelta(days=1)))
    return found


def _questions(engine: Engine, query: Mapping[str, str]) -> tuple[FieldView, ...]:
    known = sorted(engine.vocabulary.letters.values(), key=lambda each: each.title)
    return (
        FieldView(
            name="lettre",
            label="Lettre",
            type="choix",
            value=query.get("lettre", ""),
            placeholder="Toutes",
            choices=tuple(Choice(value=each.key, label=each.title) for each in known),
        ),
        FieldView(
            name="voie",
            label="Envoi",
            type="choix",
            value=query.get("voie", ""),
            placeholder="Tous",
            choices=(
                Choice(value="courriel", label="Par e-mail"),
                Choice(value="papier", label="Par la poste"),
            ),
        ),
        FieldView(name="du", label="Depuis le", type="date", value=query.get("du", "")),
        FieldView(name="au", label="Jusqu’au", type="date", value=query.get("au", "")),
    )


def _stopped(connection: Connection, visit: Visit, rows: Iterable[LetterLine]) -> Stopped:
    """Whose address is written to no more, among those who are still to be written to."""
    emails = [each.recipient_email for each in rows if each.state not in (ENVOYE, ANNULE)]
    return stopped_among(connection, visit.identity, emails, LIST)


def row_of(
    engine: Engine,
    line: LetterLine,
    dossiers: Mapping[int, str],
    visit: Visit,
    stopped: Stopped = _NONE,
) -> LetterRow:
    """One letter in a list."""
    paper = line.channel == PAPIER
    ready = line.state == A_VALIDER or (line.state == PRET and paper)
    return LetterRow(
        id=str(line.id),
        url=f"{LIST}/{line.id}",
        title=line.title,
        subject=line.subject_line or "",
        recipient=line.recipient_name,
        address="" if paper else line.recipient_email or "",
        stopped=None if paper else stopped.get((line.recipient_email or "").lower()),
        state=state_of(line.state, line.channel),
        tone=TONES[line.state],
        detail=_detail(engine, line),
        at=line.sent_at or line.created_at,
        dossier=dossier_link(line.subject_kind, line.subject_id, dossiers),
        paper=paper,
        reminder=line.reminder,
        choosable=ready and visit.identity.may_write,
    )


def _detail(engine: Engine, line: LetterLine) -> str:
    if line.missing:
        return f"Il manque : {told_lacking(engine, line.missing)}"
    if line.state == ECHEC or (line.state == PRET and line.attempts):
        return line.answer or ""
    if line.state == PRET and line.channel != PAPIER and line.due_at > line.created_at:
        return f"Partira le {format_datetime(line.due_at)}"
    return f"Validé par {line.validated_by}" if line.validated_by else ""


def dossier_link(kind: str, id: int, references: Mapping[int, str]) -> Link | None:
    """The dossier that a letter is about."""
    if kind != KIND or id not in references:
        return None
    return Link(label=references[id], url=f"/dossiers/{id}")


def _dossiers(
    connection: Connection, organisme_id: int, rows: Iterable[LetterLine]
) -> dict[int, str]:
    return references_of(
        connection, organisme_id, (each.subject_id for each in rows if each.subject_kind == KIND)
    )


def references_of(connection: Connection, organisme_id: int, ids: Iterable[int]) -> dict[int, str]:
    """The references of dossiers, by id."""
    query = select(_D.c.id, _D.c.reference).where(
        _D.c.organisme_id == organisme_id, _D.c.id.in_(set(ids))
    )
    return {row.id: row.reference for row in connection.execute(query)}


def _nothing(view: str, *, filtered: bool) -> EmptyState:
    if filtered:
        return EmptyState(
            icon="courrier",
            title="Aucun courrier ne répond à ces choix",
            text="Élargissez la période, ou enlevez un choix.",
            action=Link(label="Enlever les choix", url=_address({"vue": view})),
        )
    title, text = _EMPTY.get(
        view,
        (
            "Aucun courrier ici",
            "Chaque étape d’un dossier prépare ses lettres : elles apparaîtront ici.",
        ),
    )
    return EmptyState(icon="courrier", title=title, text=text)


def _place(word: str) -> Place | None:
    """Where a page begins, from its address; the first page for any other word."""
    moment, _, id = word.partition("~")
    if not (id.isascii() and id.isdigit() and len(id) <= len(str(LARGEST_ID))):
        return None
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    in_range = at.tzinfo is not None and 0 < int(id) <= LARGEST_ID
    return Place(at, int(id)) if in_range else None


def _word(line: LetterLine) -> str:
    return f"{line.created_at.isoformat()}~{line.id}"


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except DateFault:
        return None


def _midnight(day: date) -> datetime:
    return from_paris(datetime.combine(day, time()))


def _address(pairs: Mapping[str, str]) -> str:
    return f"{LIST}?{urlencode(pairs)}"
