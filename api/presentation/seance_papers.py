"""The papers of a séance that can be had now, each with its address."""

from __future__ import annotations

from api.presentation.seance_head import Sitting
from api.views.chrome import Link

VALIDATED = "pv_valide"
_OVER = ("close", VALIDATED)
#: The papers about one dossier: the end of their address, and what they are called.
NOTE, EXTRACT = ("note.pdf", "Note en deux pages"), ("extrait.pdf", "Extrait du procès-verbal")


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
    label = "Procès-verbal" if stage == VALIDATED else "Projet de procès-verbal"
    return (
        Link(label=label, url=f"{url}.pdf"),
        Link(label=f"{label}, document Word", url=f"{url}.docx"),
    )


def papers_of_dossier(sitting: Sitting, dossier_id: int) -> tuple[Link, ...]:
    """The note on one dossier, and what the minutes say of it."""
    url = f"{sitting.url}/dossiers/{dossier_id}"
    papers = (NOTE, EXTRACT) if sitting.sight.subject.stage == VALIDATED else (NOTE,)
    return tuple(Link(label=label, url=f"{url}/{name}") for name, label in papers)
