"""What happens at a séance, written on its own chain: its minutes can be made from it alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, update

from grants.comites.reading import KIND
from grants.comites.sieges import Acting
from grants.comites.tables import Seance
from grants.comites.vocabulary import COMITES
from grants.organisation.ledger import Ledger
from workflow import journal
from workflow.database import table_of
from workflow.statements import Statement
from workflow.subject import Subject

_S = table_of(Seance)
#: The facts of a séance, as its journal names them, and what people read of them.
FACTS = {
    "seance_creee": "Séance prévue",
    "seance_modifiee": "Séance modifiée",
    "lien_envoye": "Lien personnel envoyé",
    "acces_ouvert": "Lien personnel utilisé",
    "dossier_a_l_ordre_du_jour": "Dossier inscrit à l’ordre du jour",
    "dossier_retire_de_l_ordre_du_jour": "Dossier retiré de l’ordre du jour",
    "ordre_du_jour_modifie": "Ordre du jour modifié",
    "regles_figees": "Règles du vote arrêtées",
    "presence_notee": "Présence notée",
    "feuille_de_presence": "Feuille de présence arrêtée",
    "presidence_notee": "Présidence de la séance",
    "deport_declare": "Déport déclaré",
    "deport_retire": "Déport retiré",
    "vote_ouvert": "Vote ouvert",
    "vote_recu": "Vote reçu",
    "vote_clos": "Vote clos",
    "decision_prise": "Décision prise",
    "remarques_du_pv": "Remarques du procès-verbal",
    "reserve_levee": "Réserve levée",
    "pv_fige": "Procès-verbal figé",
    "pdf_du_pv": "PDF du procès-verbal",
}
for _event, _label in FACTS.items():
    COMITES.event(_event, _label)
_HEAD = Statement(
    update(_S)
    .where(_S.c.id == bindparam("id_"), _S.c.lock_version == bindparam("seen_"))
    .values(seq=bindparam("seq_"), head=bindparam("head_"))
)


def record(
    connection: Connection,
    subject: Subject,
    acting: Acting,
    event: str,
    content: Mapping[str, Any],
    now: datetime,
    key: str | None = None,
) -> None:
    """Write one fact on a locked séance's chain, and its head on the row. Raises KeyReused."""
    entry = journal.Entry(
        kind="fait",
        event=event,
        actor=acting.actor,
        role=acting.role,
        at=now,
        content=content,
        idempotency_key=key,
    )
    journal.append(
        connection, subject, tenant_id=subject.tenant_id, kind=KIND, id=subject.id, entry=entry
    )
    values = {"seq_": subject.seq, "head_": subject.head}
    _HEAD.run_on_one(connection, {"id_": subject.id, "seen_": subject.lock_version, **values})


#: What reads a séance, and tells its changes in words.
SEANCES = Ledger(KIND, _S, FACTS)
