"""The order form of a mission, to be signed by the organisme and by the prestataire."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from grants.dla.missions.queries import read_mission
from grants.dla.tables import Prestataire
from grants.dossiers.reading import read_subject
from grants.organisation.letterhead import letterhead_of
from notifications.papers import Paper
from workflow.database import table_of
from workflow.dates import format_date, to_paris
from workflow.engine import Engine
from workflow.money import format_amount, format_number
from workflow.reference_fields import show_siret

_T = table_of(Prestataire)


def order_paper(
    connection: Connection, engine: Engine, organisme_id: int, mission_id: int, now: datetime
) -> Paper:
    """The order form. Raises NotFound."""
    sight = read_mission(connection, organisme_id, mission_id)
    row = sight.row
    subject = read_subject(connection, engine, organisme_id, row["dossier_id"], lock=False)
    siret = connection.execute(select(_T.c.siret).where(_T.c.id == row["prestataire_id"])).scalar()
    start, end = subject.row["date_debut"], subject.row["date_fin"]
    when = f"du {format_date(start)} au {format_date(end)}" if start and end else ""
    facts = (
        ("Prestataire", sight.prestataire),
        ("SIRET", show_siret(siret) if siret else ""),
        ("Mission", subject.row["titre"] or ""),
        ("Auprès de", subject.row["structure_nom"] or ""),
        ("Dossier", subject.row["reference"]),
        ("Dates", when),
        ("Temps commandé", f"{format_number(row['jours'])} jours d’intervention"),
    )
    return Paper(
        kind="order",
        title=f"Bon de commande n° {row['numero']}",
        head=letterhead_of(connection, organisme_id, "direction", None),
        at=now,
        content={
            "heading": f"Bon de commande n° {row['numero']}",
            "when": f"Le {format_date(row['confiee_le'])}",
            "facts": [[label, value] for label, value in facts if value],
            "amounts": [
                ["Prix hors taxes", format_amount(row["cout_ht"], decimals=True)],
                ["Taxes", format_amount(row["cout_ttc"] - row["cout_ht"], decimals=True)],
                ["Prix toutes taxes comprises", format_amount(row["cout_ttc"], decimals=True)],
            ],
            "terms": (
                "Les factures rappellent le numéro de ce bon de commande. Ensemble, elles ne "
                "dépassent pas le prix ci-dessus. Le paiement suit la remise du rapport de mission."
            ),
            "closing": ["Pour l’organisme, date et signature", "Bon pour accord, le prestataire"],
            "foot": f"Bon de commande n° {row['numero']} · édité le {_day(now)}",
        },
    )


def _day(now: datetime) -> str:
    return format_date(to_paris(now).date())
