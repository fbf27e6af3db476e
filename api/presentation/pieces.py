"""« Pièces » on the page of a dossier, from its pipeline and what was handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from api.views.fields import Choice, FieldView
from api.views.pieces import FileLine, PieceForms, PieceLine, PiecesSection
from api.views.stages import PhaseTone
from grants.dossiers.pieces.kinds import ACCEPT, KINDS
from grants.dossiers.pieces.queries import files_of, pieces_of
from grants.dossiers.pieces.service import LONGEST_COMMENT
from grants.dossiers.pieces.states import (
    A_CORRIGER,
    ATTENDUE,
    MOTIFS,
    PERIMEE,
    RECUE,
    VALIDEE,
    Standing,
    standings,
)
from grants.organisation.identity import Identity
from workflow.dates import to_paris
from workflow.pipeline import Pipeline
from workflow.subject import Subject

_LABELS: Mapping[str, tuple[str, PhaseTone]] = {
    ATTENDUE: ("Attendue", "pierre"),
    RECUE: ("Reçue", "bleu"),
    VALIDEE: ("Validée", "vert"),
    A_CORRIGER: ("À corriger", "brique"),
    PERIMEE: ("Périmée", "ocre"),
}
_KILO = 1024


@dataclass(frozen=True, slots=True)
class ResumedPiece:
    """A form of one pièce that came back: what was typed, what is wrong, which files were refused.

    `told`: what was kept of the same sending.
    """

    key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[tuple[str, str], ...] = ()
    told: str = ""


def pieces_section(
    connection: Connection,
    pipeline: Pipeline,
    subject: Subject,
    identity: Identity,
    now: datetime,
    resumed: ResumedPiece | None = None,
) -> PiecesSection | None:
    """Every pièce that the pipeline expects; None where it expects none."""
    if not pipeline.pieces:
        return None
    rows = pieces_of(connection, subject.row)
    files = files_of(connection, subject.tenant_id, [row["id"] for row in rows])
    found = standings(pipeline, rows, to_paris(now).date(), subject.stage)
    return PiecesSection(
        lines=tuple(
            _line(
                pipeline,
                subject,
                standing,
                files.get(standing.row["id"], []) if standing.row else [],
                identity,
                resumed if resumed and resumed.key == standing.piece.key else None,
            )
            for standing in found
        ),
        accept=ACCEPT,
    )


def size_label(size: int) -> str:
    """« 240 Ko », « 1,5 Mo »."""
    if size < _KILO:
        return f"{size} octet" + "s" * (size > 1)
    if size < _KILO * _KILO:
        return f"{round(size / _KILO)} Ko"
    return f"{size / _KILO / _KILO:.1f} Mo".replace(".0", "").replace(".", ",")


def about(file: Mapping[str, Any]) -> str:
    """« PDF, 3 pages, 240 Ko »."""
    pages = file["pages"]
    counted = "" if pages is None else f"{pages} page" + "s" * (pages > 1)
    return ", ".join(filter(None, (KINDS[file["type"]].label, counted, size_label(file["taille"]))))


def _line(
    pipeline: Pipeline,
    subject: Subject,
    standing: Standing,
    files: list[dict[str, Any]],
    identity: Identity,
    resumed: ResumedPiece | None,
) -> PieceLine:
    piece, row = standing.piece, standing.row or {}
    label, tone = _LABELS[standing.state]
    moves = [move for key in piece.required_for if (move := pipeline.action(key))]
    motif = row.get("motif")
    return PieceLine(
        key=piece.key,
        label=piece.label,
        why=piece.help,
        state=standing.state,
        state_label=label,
        tone=tone,
        moves=" et ".join(f"« {move.label} »" for move in moves),
        awaited=any(subject.stage in pipeline.origins(move) for move in moves),
        validity=str(piece.validity) if piece.validity else "",
        shared=piece.kept == "structure",
        dated=row.get("date_document"),
        until=standing.last_day,
        served=standing.served,
        reason=MOTIFS[motif].capitalize() if motif else "",
        comment=row.get("commentaire") or "",
        who=row["par"] if standing.state in (VALIDEE, A_CORRIGER) else "",
        at=row.get("le"),
        files=tuple(_file(subject, file, identity) for file in files),
        forms=_forms(subject, standing, bool(files), resumed) if identity.may_write else None,
    )


def _file(subject: Subject, file: Mapping[str, Any], identity: Identity) -> FileLine:
    address = f"/dossiers/{subject.id}/fichiers/{file['id']}"
    return FileLine(
        name=file["nom"],
        about=about(file),
        who=file["par"],
        at=file["le"],
        url=address,
        preview_url=f"{address}/apercu" if KINDS[file["type"]].shown else None,
        withdraw_url=f"{address}/retirer" if identity.may_write else None,
    )


def _forms(
    subject: Subject, standing: Standing, has_files: bool, resumed: ResumedPiece | None
) -> PieceForms:
    key = standing.piece.key
    address = f"/dossiers/{subject.id}/pieces/{key}"
    typed = resumed.typed if resumed else {}
    faults = resumed.faults if resumed else {}
    judged = has_files and standing.state in (RECUE, VALIDEE, PERIMEE)
    return PieceForms(
        deposit_url=f"{address}/fichiers",
        deposit_key=uuid4().hex,
        deposit_error=faults.get("fichiers", ""),
        refused=resumed.refused if resumed else (),
        told=resumed.told if resumed else "",
        validate_url=f"{address}/validation" if has_files and standing.state != VALIDEE else None,
        date=_date(standing, typed, faults),
        correct_url=f"{address}/correction" if judged else None,
        reason=_reason(key, typed, faults),
        comment=_comment(key, typed, faults),
        validating="date_document" in faults,
        correcting=bool(faults.keys() & {"motif", "commentaire"}),
        version=standing.row["version"] if standing.row else 0,
    )


def _date(
    standing: Standing, typed: Mapping[str, str], faults: Mapping[str, str]
) -> FieldView | None:
    validity = standing.piece.validity
    if validity is None and "date_document" not in faults:
        return None
    return FieldView(
        name="date_document",
        label="Date du document",
        type="date",
        value=typed.get("date_document", ""),
        required=validity is not None,
        help=f"Celle qu’il porte : il est valable {validity}." if validity else "",
        error=faults.get("date_document", ""),
        scope=standing.piece.key,
    )


def _reason(key: str, typed: Mapping[str, str], faults: Mapping[str, str]) -> FieldView:
    return FieldView(
        name="motif",
        label="Ce qui ne convient pas",
        type="choix",
        value=typed.get("motif", ""),
        choices=tuple(Choice(value=k, label=v.capitalize()) for k, v in MOTIFS.items()),
        required=True,
        error=faults.get("motif", ""),
        scope=key,
    )


def _comment(key: str, typed: Mapping[str, str], faults: Mapping[str, str]) -> FieldView:
    return FieldView(
        name="commentaire",
        label="Précision",
        value=typed.get("commentaire", ""),
        help="Ce qu’il faut demander au porteur.",
        error=faults.get("commentaire", ""),
        longest=LONGEST_COMMENT,
        scope=key,
    )
