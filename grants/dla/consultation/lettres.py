"""What the letters of a consultation are written from, and how they leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from grants.dla.consultation.bidders import OBJET
from grants.dla.consultation.reading import Asked, Standing
from grants.dossiers.lettres.context import context_of
from grants.dossiers.lettres.reading import read_around
from grants.dossiers.reading import KIND
from grants.organisation.tables import Personne
from notifications.courrier_table import Courrier
from notifications.outbox import Enclosed, Occasion, Recipient, enqueue
from notifications.personal_links import mark_of
from workflow.database import table_of
from workflow.dates import plain
from workflow.engine import Engine
from workflow.subject import Subject

INVITATION, POSTPONED, NEW_LINK = "consultation", "consultation_repoussee", "lien_consultation"
RETAINED, NOT_RETAINED, WITHDRAWN = "offre_retenue", "offre_non_retenue", "consultation_close"
#: A second tap while the first e-mail is on its way asks for nothing more.
ON_ITS_WAY = timedelta(minutes=2)
_P, _M = table_of(Personne), table_of(Courrier)


def write_to(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    standing: Standing,
    letters: Iterable[tuple[str, Asked, Mapping[str, Any]]],
    now: datetime,
) -> None:
    """Put letters in the outbox: which one, to whom, and what it says beside the rest."""
    around = read_around(connection, engine, subject, frozenset())
    common = context_of(engine, subject, subject.stage, around, now)
    occasion = Occasion(subject.tenant_id, KIND, subject.id, subject.seq, now)
    enclosed = [
        Enclosed(
            engine.vocabulary.letters[key],
            Recipient(asked.contact, asked.email, asked.personne_id),
            {**common, **_said(connection, standing, asked), **more},
        )
        for key, asked, more in letters
    ]
    enqueue(connection, occasion, enclosed)


def _said(connection: Connection, standing: Standing, asked: Asked) -> dict[str, Any]:
    civilite = select(_P.c.civilite).where(_P.c.id == asked.personne_id)
    return {
        "prestataire": {
            "nom": asked.nom,
            "contact": asked.contact,
            "civilite": connection.execute(civilite).scalar_one(),
        },
        "consultation": {"echeance": plain(standing.row["echeance"])},
        "lien_personnel": mark_of(OBJET, standing.id),
    }


def just_written(connection: Connection, dossier_id: int, personne_id: int, now: datetime) -> bool:
    """Whether a new link is on its way to somebody already."""
    query = select(_M.c.id).where(
        _M.c.subject_kind == KIND,
        _M.c.subject_id == dossier_id,
        _M.c.letter == NEW_LINK,
        _M.c.recipient_id == personne_id,
        _M.c.created_at > now - ON_ITS_WAY,
    )
    return connection.execute(query).first() is not None
