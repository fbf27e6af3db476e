"""The comités that a dossier comes before, beside it on its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from api.presentation.seance_lines import decision_words, mark_of
from api.presentation.seance_papers import EXTRACT, NOTE, VALIDATED
from api.views.chrome import Link
from api.views.heard import HeardAt
from api.views.sitting import Mark
from grants.comites.comptage import SANS_QUORUM
from grants.comites.heard import hearings_of_dossier
from grants.comites.queries import seance_name
from grants.comites.regles import load_regles
from grants.organisation.identity import Identity

_NOTABLE = ("preparation", "convoquee", "ouverte")
_WAITING = Mark(label="À examiner", tone="pierre")
_VOTING = Mark(label="Vote en cours", tone="bleu")


def heard_at(connection: Connection, identity: Identity, dossier_id: int) -> tuple[HeardAt, ...]:
    """Each séance that the dossier is or was heard at, latest first."""
    return tuple(
        _line(row, identity, dossier_id) for row in hearings_of_dossier(connection, dossier_id)
    )


def _line(row: Mapping[str, Any], identity: Identity, dossier_id: int) -> HeardAt:
    url = f"/seances/{row['id']}/dossiers/{dossier_id}"
    writes = identity.may_write and row["stage"] in _NOTABLE
    papers = (NOTE, EXTRACT) if row["stage"] == VALIDATED else (NOTE,)
    return HeardAt(
        seance=Link(label=seance_name(row), url=url),
        state=_state(row),
        noted=any(row[key] for key in ("note", "avis_charge", "vigilance")),
        note_url=f"{url}/note" if writes else None,
        papers=tuple(Link(label=label, url=f"{url}/{name}") for name, label in papers),
    )


def _state(row: Mapping[str, Any]) -> Mark:
    mots = load_regles(row["regles"]).mots
    if row["retenue"] is not None:
        return Mark(label=decision_words(mots, row), tone=mark_of(mots, row["retenue"]).tone)
    if row["etat"] == "clos":
        return Mark(label="Vote clos", tone=mark_of(mots, SANS_QUORUM).tone)
    return _VOTING if row["etat"] == "ouvert" else _WAITING
