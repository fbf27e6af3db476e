"""A click that comes too late: already carried out, or overtaken by somebody else's change."""

from __future__ import annotations

from sqlalchemy import Connection

from grants.dossiers.events import FACT_LABELS
from grants.dossiers.reading import KIND
from workflow import journal
from workflow.dates import format_datetime
from workflow.engine import Engine
from workflow.errors import KeyReused, Stale
from workflow.journal_reading import last_change
from workflow.subject import Subject


def is_replay(connection: Connection, subject: Subject, event: str, key: str | None) -> bool:
    """Whether this key already carried out this event on this dossier.

    Raises KeyReused when it served for anything else.
    """
    found = journal.find_by_key(connection, subject.tenant_id, key) if key else None
    if found is None:
        return False
    if (found["subject_kind"], found["subject_id"], found["event"]) != (KIND, subject.id, event):
        raise KeyReused
    return True


def stale(connection: Connection, engine: Engine, subject: Subject) -> Stale:
    """The error that tells who changed the dossier meanwhile, when, and what he did."""
    last = last_change(connection, KIND, subject.id, but_not=_BESIDE)
    if last is None:
        return Stale("quelqu'un", None, "à l'instant", "changement inconnu")
    action = engine.machine(subject).pipeline.action(last.event)
    what = (action.done or action.label) if action else FACT_LABELS.get(last.event, last.event)
    return Stale(last.actor_name, last.at, format_datetime(last.at), what)


# Facts that leave the dossier's own row as it was, hence nobody's form out of date.
_BESIDE = frozenset(
    {
        "note_ajoutee",
        "lien_ajoute",
        "rendez_vous_fixe",
        "relances_annulees",
        "relance_preparee",
        "relance_deplacee",
        "relance_suspendue",
        "relance_reprise",
        "relance_arretee",
        "courrier_envoye",
        "courrier_en_echec",
        "courrier_annule",
        "courrier_renvoye",
        "courrier_a_imprimer",
        "tache_creee",
        "tache_faite",
        "tache_rouverte",
        "tache_modifiee",
        "etiquette_ajoutee",
        "etiquette_retiree",
        "piece_recue",
        "piece_validee",
        "piece_a_corriger",
        "fichier_retire",
        "intervention_notee",
        "intervention_corrigee",
        "intervention_retiree",
    }
)
