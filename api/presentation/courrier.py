"""One letter on screen: what its recipient reads, where it stands, what may be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.presentation.adresses import stopped_address
from api.presentation.courriers import LIST, TONES, dossier_link, references_of, state_of
from api.views.adresses import StoppedAddress
from api.views.chrome import Link
from api.views.courriers import FileRow, Gesture, LetterPage
from api.visit import Visit
from grants.dossiers.lettres.lacking import label_of, lacks_of
from grants.dossiers.reading import KIND, read_subject
from grants.relances.envois import Mailroom
from notifications.desk import Preview, preview
from notifications.letter_queries import WholeLetter, letter
from notifications.outbox import (
    A_COMPLETER,
    A_VALIDER,
    ANNULE,
    ECHEC,
    ENVOYE,
    PAPIER,
    PREPARE,
    PRET,
    WAITING,
)
from workflow.dates import format_datetime
from workflow.engine import Engine

_BACK = Link(label="Courriers", url=LIST)
_KILO = 1024
#: States in which the text is not fixed yet: what is shown is written anew.
_UNFIXED = (PREPARE, A_COMPLETER, A_VALIDER)


def letter_page(
    connection: Connection, mailroom: Mailroom, visit: Visit, id: int, now: datetime
) -> LetterPage:
    """One letter of the visitor's organisme. Raises NotFound."""
    organisme_id = visit.identity.organisme_id
    whole = letter(connection, organisme_id, id)
    row = whole.row
    drawn = (
        preview(connection, mailroom.write, organisme_id, id, now) if not is_fixed(row) else None
    )
    ids = {row["subject_id"], *(each["subject_id"] for each in whole.reminders)}
    references = references_of(connection, organisme_id, ids)
    text, subject, digest = _text(row, drawn)
    return LetterPage(
        title=row["title"],
        back=_BACK,
        state=state_of(row["state"], row["channel"]),
        tone=TONES[row["state"]],
        detail=row["answer"] or "" if row["state"] in (ECHEC, PRET) else "",
        facts=tuple(_facts(row)),
        subject=subject,
        text=text,
        html_url=f"{LIST}/{id}/courriel" if text else None,
        pdf_url=f"{LIST}/{id}/lettre.pdf" if text else None,
        files=_files(id, whole),
        gestures=tuple(_gestures(row, drawn)) if visit.identity.may_write else (),
        version=row["version"],
        shown=digest,
        dossier=dossier_link(row["subject_kind"], row["subject_id"], references),
        missing=_lacks(connection, mailroom.engine, row, drawn),
        cause=(drawn.cause or "") if drawn else "",
        dossiers=_others(whole, references),
        stopped=_stopped(connection, visit, row),
    )


def _lacks(
    connection: Connection, engine: Engine, row: Mapping[str, Any], drawn: Preview | None
) -> tuple[Link, ...]:
    """What it lacks, each with where that is filled in."""
    if drawn is None or not drawn.missing:
        return ()
    if row["subject_kind"] != KIND:
        return tuple(Link(label=label_of(engine, each), url="") for each in drawn.missing)
    about = (row["tenant_id"], row["subject_id"])
    subject = read_subject(connection, engine, *about, lock=False)
    return tuple(
        Link(label=each.label, url=each.url) for each in lacks_of(engine, subject, drawn.missing)
    )


def _stopped(connection: Connection, visit: Visit, row: Mapping[str, Any]) -> StoppedAddress | None:
    """What keeps it from reaching its recipient by e-mail: not said of what is over."""
    if row["channel"] == PAPIER or row["state"] == ANNULE:
        return None
    here = f"{LIST}/{row['id']}"
    return stopped_address(connection, visit.identity, row["recipient_email"], here)


def is_fixed(row: Mapping[str, Any]) -> bool:
    """Whether what is kept is what left, or will; else it is written anew each time."""
    return row["state"] not in _UNFIXED


def _text(row: Mapping[str, Any], drawn: Preview | None) -> tuple[str, str, str]:
    if drawn is not None and drawn.written is not None:
        return drawn.written.text, drawn.written.subject, drawn.written.digest
    return row["body_text"] or "", row["subject_line"] or row["title"], row["digest"] or ""


def _facts(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    email = row["recipient_email"]
    if row["channel"] == PAPIER:
        yield "Pour", f"{row['recipient_name']}, par la poste"
    else:
        yield "Pour", f"{row['recipient_name']} <{email}>" if email else row["recipient_name"]
    yield "Préparé le", format_datetime(row["created_at"])
    if row["validated_by"]:
        yield "Validé par", f"{row['validated_by']}, le {format_datetime(row['validated_at'])}"
    if row["state"] == PRET and row["due_at"] > row["created_at"]:
        yield "Partira le", format_datetime(row["due_at"])
    if row["sent_at"]:
        yield "Parti le", format_datetime(row["sent_at"])
    if row["attempts"] > 1:
        yield "Essais", str(row["attempts"])
    if row["digest"] and row["state"] not in _UNFIXED:
        yield "Empreinte", row["digest"]
    if row["message_id"]:
        yield "Message-ID", row["message_id"]


def _files(id: int, whole: WholeLetter) -> tuple[FileRow, ...]:
    return tuple(
        FileRow(
            name=each.name,
            url=f"{LIST}/{id}/fichiers/{each.name}",
            size=f"{max(1, round(each.size / _KILO))} Ko",
        )
        for each in whole.files
    )


def _gestures(row: Mapping[str, Any], drawn: Preview | None) -> Iterator[Gesture]:
    state, paper, at = row["state"], row["channel"] == PAPIER, f"{LIST}/{row['id']}"
    written = drawn is not None and drawn.written is not None
    if state in (A_VALIDER, PREPARE) and written:
        label = "Valider pour impression" if paper else "Envoyer"
        yield Gesture(url=f"{at}/envoyer", label=label, icon="courrier", primary=True)
    if state == A_COMPLETER:
        told = "Reprend du dossier ce qui y a été rempli depuis."
        yield Gesture(
            url=f"{at}/completer", label="Compléter", icon="revenir", told=told, primary=True
        )
    if state == PRET and paper:
        yield Gesture(url=f"{at}/poste", label="Marquer posté", icon="coche", primary=True)
    if state in (ECHEC, ENVOYE) and not paper:
        label = "Envoyer de nouveau" if state == ENVOYE else "Réessayer"
        yield Gesture(url=f"{at}/renvoyer", label=label, icon="revenir")
    if state in (A_COMPLETER, A_VALIDER, PRET, ECHEC) and not paper:
        yield Gesture(url=f"{at}/imprimer", label="Imprimer plutôt", icon="imprimer")
    if state in WAITING:
        yield Gesture(url=f"{at}/annuler", label="Ne pas envoyer", icon="fermer", danger=True)


def _others(whole: WholeLetter, references: Mapping[int, str]) -> tuple[Link, ...]:
    """The dossiers that a merged reminder speaks of."""
    ids = dict.fromkeys(
        each["subject_id"] for each in whole.reminders if each["subject_kind"] == KIND
    )
    return tuple(
        Link(label=references[id], url=f"/dossiers/{id}") for id in ids if id in references
    )
