"""The papers of a séance that can be had now, each with its address."""

from __future__ import annotations

from api.presentation.seance_head import Sitting
from api.views.chrome import Link

_OVER, _VALIDATED = ("close", "pv_valide"), "pv_valide"


def papers_around(sitting: Sitting) -> tuple[Link, ...]:
    """What is read before the séance, signed at it, kept after it."""
    sight, url = sitting.sight, sitting.url
    found = []
    if sight.items:
        found.append(Link(label="Dossier de séance", url=f"{url}/dossier-de-seance.pdf"))
    if sight.room.membres:
        found.append(Link(label="Feuille de présence", url=f"{url}/feuille-de-presence.pdf"))
    return (*found, *papers_of_minutes(sitting))


def papers_of_minutes(sitting: Sitting) -> tuple[Link, ...]:
    """The minutes, once the séance is over: a draft until they are validated."""
    stage, url = sitting.sight.subject.stage, f"{sitting.url}/proces-verbal"
    if stage not in _OVER:
        return ()
    label = "Procès-verbal" if stage == _VALIDATED else "Projet de procès-verbal"
    return (
        Link(label=label, url=f"{url}.pdf"),
        Link(label=f"{label}, document Word", url=f"{url}.docx"),
    )


def papers_of_dossier(sitting: Sitting, dossier_id: int) -> tuple[Link, ...]:
    """The note on one dossier, and what the minutes say of it."""
    url = f"{sitting.url}/dossiers/{dossier_id}"
    note = Link(label="Note en deux pages", url=f"{url}/note.pdf")
    if sitting.sight.subject.stage != _VALIDATED:
        return (note,)
    return (note, Link(label="Extrait du procès-verbal", url=f"{url}/extrait.pdf"))
