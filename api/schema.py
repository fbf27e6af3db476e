"""Every table of the program, for what must know them all: migrations, backup, verification."""

from __future__ import annotations

from sqlalchemy import DDL, event
from sqlmodel import SQLModel

import grants.adherents.tables
import grants.comites.tables
import grants.dla.consultation.tables
import grants.dla.missions.tables
import grants.dla.tables
import grants.dossiers.brouillons.tables
import grants.dossiers.etiquettes.tables
import grants.dossiers.listes.tables
import grants.dossiers.lots.tables
import grants.dossiers.pieces.tables
import grants.dossiers.tables
import grants.dossiers.taches.tables
import grants.finances.tables
import grants.fusions.tables
import grants.interventions.tables
import grants.organisation.acces_tables
import grants.organisation.jeton_tables
import grants.organisation.tables
import grants.relances.feed_tables
import grants.reprise.tables
import grants.structures.tables
import notifications.courrier_table
import notifications.webhook_tables
import workflow.echeance_table
import workflow.journal_closed_table
import workflow.journal_tables
import workflow.pipeline_table
from api.migrations import compteurs_1, mots_proches_1, pilotage_1, recherche_1
from grants.adherents.tables import Adherent, Cotisation
from grants.comites.tables import Comite, Membre, Seance
from grants.dla.consultation.tables import Consultation
from grants.dla.missions.tables import Mission
from grants.dla.tables import Prestataire
from grants.dossiers.tables import Dossier
from grants.finances.tables import Enveloppe
from grants.interventions.tables import Intervention
from grants.organisation.tables import Organisme, Personne
from grants.structures.tables import Structure
from workflow.database import table_of

# Imported for the tables they declare: named here so that the dependency is in sight.
DECLARED = (
    grants.adherents.tables,
    grants.comites.tables,
    grants.dla.consultation.tables,
    grants.dla.missions.tables,
    grants.dla.tables,
    grants.dossiers.brouillons.tables,
    grants.dossiers.etiquettes.tables,
    grants.dossiers.listes.tables,
    grants.dossiers.lots.tables,
    grants.dossiers.pieces.tables,
    grants.dossiers.tables,
    grants.dossiers.taches.tables,
    grants.finances.tables,
    grants.fusions.tables,
    grants.interventions.tables,
    grants.organisation.acces_tables,
    grants.organisation.jeton_tables,
    grants.organisation.tables,
    grants.relances.feed_tables,
    grants.reprise.tables,
    grants.structures.tables,
    notifications.courrier_table,
    notifications.webhook_tables,
    workflow.echeance_table,
    workflow.journal_closed_table,
    workflow.journal_tables,
    workflow.pipeline_table,
)
METADATA = SQLModel.metadata
#: What the names of derived tables begin with: triggers fill them from the others, so that a
#: backup leaves them out, and no model describes them.
DERIVED = ("recherche", "compteur")

#: The kind that the journal gives to an owner of a chain → the table that holds its head.
JOURNAL_OWNERS = {
    "adherent": table_of(Adherent),
    "comite": table_of(Comite),
    "consultation": table_of(Consultation),
    "cotisation": table_of(Cotisation),
    "dossier": table_of(Dossier),
    "enveloppe": table_of(Enveloppe),
    "intervention": table_of(Intervention),
    "membre": table_of(Membre),
    "mission": table_of(Mission),
    "organisme": table_of(Organisme),
    "personne": table_of(Personne),
    "prestataire": table_of(Prestataire),
    "seance": table_of(Seance),
    "structure": table_of(Structure),
}


def is_derived(table: str) -> bool:
    """Whether a table only holds what triggers make of the others."""
    return table.startswith(DERIVED)


def _make_derived() -> None:
    """A schema created from the models has the derived tables and their triggers too."""
    for version in (recherche_1, compteurs_1, mots_proches_1, pilotage_1):
        for dialect in ("sqlite", "postgresql"):
            for statement in version.statements(dialect):
                ddl = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
                event.listen(METADATA, "after_create", ddl)


_make_derived()
