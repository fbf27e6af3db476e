"""What a page says of drafts, and of colleagues who have the same dossier in hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from api.views.drafts import AtHand, DraftView
from grants.dossiers.brouillons.presence import others_present
from grants.dossiers.brouillons.service import ACTION, FICHE, Draft
from grants.organisation.identity import Identity
from workflow.journal_reading import Line
from workflow.subject import Subject

Drafts = Mapping[str, Draft]
NO_DRAFTS: Drafts = {}
#: Somebody else's change is still news.
RECENT = timedelta(minutes=15)


def sheet_form(key: str) -> str:
    """What the form of a sheet is called among drafts."""
    return f"{FICHE}-{key}"


def action_form(key: str) -> str:
    """What the form of an action is called among drafts."""
    return f"{ACTION}-{key}"


def draft_view(subject: Subject, formulaire: str, draft: Draft | None) -> DraftView:
    """Where a form keeps its draft, and the draft that was found there."""
    keep_url = f"/dossiers/{subject.id}/brouillons/{formulaire}"
    if draft is None:
        return DraftView(keep_url=keep_url)
    return DraftView(
        keep_url=keep_url,
        at=draft.at,
        erase_url=f"{keep_url}/effacer",
        outdated=draft.version != subject.lock_version,
    )


def at_work(names: Sequence[str]) -> str:
    """« Nadège Vialle est en train de modifier ce dossier », or nothing for nobody."""
    if not names:
        return ""
    if len(names) == 1:
        return f"{names[0]} est en train de modifier ce dossier."
    return f"{', '.join(names[:-1])} et {names[-1]} sont en train de modifier ce dossier."


def at_hand(
    connection: Connection,
    identity: Identity,
    subject: Subject,
    lines: Sequence[Line],
    now: datetime,
) -> AtHand:
    """Who else has the dossier open in a form, and who changed it a moment ago."""
    last = lines[0] if lines else None
    if last and (last.actor_id in (None, identity.compte_id) or now - last.at > RECENT):
        last = None
    return AtHand(
        presence_url=f"/dossiers/{subject.id}/presence",
        presents=at_work(others_present(connection, identity, subject.id, now)),
        changed_by=last.actor_name if last else "",
        changed_at=last.at if last else None,
    )
