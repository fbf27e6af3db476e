"""The page of a prestataire: what is asked of him, and what he offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from api.bidders import AskedGuest
from api.guides import CONSULTATION_PATH
from api.presentation.fields import Asking, Typed, question, questions
from api.views.consultations import MaConsultationPage
from api.views.fields import FieldView
from api.views.prose import prose_of
from grants.dla.consultation.offers import DECLINING, FIELDS
from grants.dla.consultation.reading import read_standing
from grants.dla.consultation.sealed import own_offer
from grants.dossiers.reading import read_subject
from workflow.engine import Engine

_DECLINE, _DOCUMENT = DECLINING[0].key, "document"


def ma_consultation(
    connection: Connection,
    engine: Engine,
    guest: AskedGuest,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
) -> MaConsultationPage:
    """What he reads and fills in, as it stands now; `typed` is what came back."""
    faults = faults or {}
    bidder = guest.bidder
    organisme_id = bidder.organisme_id
    standing = read_standing(connection, organisme_id, bidder.standing.id)
    asked = next(each for each in standing.asked if each.id == bidder.asked.id)
    row = standing.row
    subject = read_subject(connection, engine, organisme_id, row["dossier_id"], lock=False)
    mine = own_offer(connection, asked.id)
    late = row["echeance"] <= guest.now
    declining = typed is not None and _DECLINE in typed
    asking = Asking(
        connection,
        engine,
        organisme_id,
        typed=None if declining else typed,
        faults={} if declining else {k: v for k, v in faults.items() if k != _DOCUMENT},
    )
    known: dict[str, Any] = {} if mine is None else mine.said()
    open_ = not late and standing.state == "envoyee"
    return MaConsultationPage(
        organisme=guest.organisme_nom,
        titre=subject.row["titre"] or "Mission",
        structure=subject.row["structure_nom"] or "",
        nom=bidder.nom,
        echeance=row["echeance"],
        late=late,
        opened=standing.state == "ouverte",
        cahier=prose_of(row["cahier"]),
        received=None if mine is None else mine.recue_le,
        declined=asked.decline_le,
        questions=questions(asking, FIELDS, known) if open_ else (),
        cv=None if mine is None else mine.cv_nom,
        cv_fault=faults.get(_DOCUMENT, ""),
        declining=_decline(asking, typed, faults) if open_ else None,
        url=f"{CONSULTATION_PATH}/{row['id']}",
        faulty=bool(faults) and not declining,
    )


def _decline(asking: Asking, typed: Typed | None, faults: Mapping[str, str]) -> FieldView:
    """Why he will not offer, asked beside the offer itself."""
    mine = typed is not None and _DECLINE in typed
    beside = replace(
        asking, scope="decliner", typed=typed if mine else None, faults=faults if mine else {}
    )
    return question(beside, DECLINING[0], None)
