"""The PDF of minutes that were validated: printed once, outside the transaction, then journaled."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, update

from grants.comites.chain import record
from grants.comites.errors import PaperRefused
from grants.comites.minutes import minutes_row
from grants.comites.papiers.proces_verbal import minutes_of, minutes_paper
from grants.comites.papiers.pv_blocks import minutes_blocks
from grants.comites.papiers.setting import heading, paragraph
from grants.comites.papiers.words import COLON, day_of, hour_of, when_of
from grants.comites.reading import read_sitting
from grants.comites.tables import ProcesVerbal
from grants.organisation.identity import software
from notifications.papers import print_paper
from notifications.word import WordPaper, as_word
from workflow.database import Database, table_of

PRINTED = "pdf_du_pv"
_PV = table_of(ProcesVerbal)
_COPY = "Copie de travail : seul le PDF du procès-verbal validé fait foi."


def print_minutes(database: Database, organisme_id: int, seance_id: int, now: datetime) -> bool:
    """Print validated minutes and journal what came out. False where it was done already.

    Raises NotFound, PaperRefused.
    """
    with database.reading() as session:
        minutes = minutes_of(session.connection(), organisme_id, seance_id)
    if minutes.valide_le is None:
        raise PaperRefused(raison="Ce procès-verbal n’est pas encore validé.")
    printed = print_paper(minutes_paper(minutes, now))
    digest = hashlib.sha256(printed).hexdigest()
    with database.unit_of_work() as session:
        connection = session.connection()
        seance = read_sitting(connection, organisme_id, seance_id, lock=True)
        row = minutes_row(connection, seance_id)
        if row is None or row["pdf"] is not None:
            return False
        kept = update(_PV).where(_PV.c.seance_id == seance_id)
        connection.execute(kept.values(pdf=printed, empreinte_pdf=digest))
        told = {"empreinte": digest, "donnees": minutes.empreinte}
        record(connection, seance, software(organisme_id), PRINTED, told, now)
    return True


def minutes_pdf(connection: Connection, organisme_id: int, seance_id: int, now: datetime) -> bytes:
    """The minutes as they are kept; a draft before they are validated.

    Raises NotFound, PaperRefused.
    """
    minutes = minutes_of(connection, organisme_id, seance_id)
    if minutes.valide_le is None:
        return print_paper(minutes_paper(minutes, now))
    row = minutes_row(connection, seance_id)
    if row is None or row["pdf"] is None:
        again = row["prochain_essai"] if row else None
        raise PaperRefused(
            raison="Le PDF du procès-verbal se prépare : rechargez cette page dans une minute."
            if again is None
            else "L’impression du procès-verbal a échoué : ses données sont figées et intactes, un"
            f" nouvel essai est prévu le {day_of(again)} à {hour_of(again)}."
        )
    return row["pdf"]


def minutes_word(connection: Connection, organisme_id: int, seance_id: int) -> bytes:
    """The minutes as a Word file, which proves nothing and says so.

    Raises NotFound, PaperRefused.
    """
    minutes = minutes_of(connection, organisme_id, seance_id)
    state = "Projet, pas encore validé" if minutes.valide_le is None else "Validé"
    paper = WordPaper(
        over=f"{minutes.head.name}{COLON}{minutes.data['seance']['comite']}",
        title=f"Procès-verbal, {minutes.name}",
        under=when_of(minutes.held),
        author=minutes.head.name,
        blocks=(
            *minutes_blocks(minutes.data),
            heading("État"),
            paragraph(f"{state}. {_COPY}"),
            paragraph(
                f"Empreinte des données du procès-verbal (SHA-256){COLON}{minutes.empreinte}"
            ),
            paragraph(f"Tête du journal de la séance{COLON}{minutes.ancre}"),
        ),
    )
    return as_word(paper)
