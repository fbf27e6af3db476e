"""Files taken over, as their pages show them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from api.presentation.fields import Typed
from api.presentation.reglages import REPRISES, tabs
from api.views.chrome import Link
from api.views.fields import Choice, FieldGroup, FieldView
from api.views.forms import FormView
from api.views.reprise import (
    ColumnsView,
    ColumnView,
    Count,
    FaultView,
    ReprisePage,
    RepriseRow,
    ReprisesPage,
    Step,
)
from grants.organisation.identity import Identity
from grants.reprise import tables as etats
from grants.reprise.columns import Column, columns_of
from grants.reprise.faults import Fault, unpack
from grants.reprise.files import MOST_MEGABYTES, outlines_of
from grants.reprise.grid import Outline, letter_of, shown
from grants.reprise.known import DOSSIER
from grants.reprise.plans import Difference
from grants.reprise.queries import first_added, list_reprises
from grants.reprise.running import reading_of
from grants.reprise.service import COLUMN, FILE, HEADER, SHEET, STILL_OPEN, SUBJECT, subjects
from grants.reprise.tables import DOSSIERS
from grants.reprise.targets import Target, targets_of
from grants.reprise.unreadable import UnreadableFile
from workflow.engine import Engine

_BACK = Link(label="Reprendre des données", url=REPRISES)
MOST_FAULTS = 50
_HEADER_ROWS = 10
_STATES = {
    etats.RECUE: ("Colonnes à vérifier", "ocre"),
    etats.VERIFICATION: ("Vérification en cours", "bleu"),
    etats.VERIFIEE: ("Vérifié", "bleu"),
    etats.ECRITURE: ("Reprise en cours", "bleu"),
    etats.FAITE: ("Repris", "vert"),
    etats.ANNULATION: ("Annulation en cours", "bleu"),
    etats.ANNULEE: ("Annulé", "pierre"),
    etats.INTERROMPUE: ("Interrompu", "brique"),
    etats.ECHOUEE: ("Non repris", "brique"),
    etats.ABANDONNEE: ("Abandonné", "pierre"),
}
_STEPS = ("Fichier", "Colonnes", "Vérification", "Reprise")
_AT = {
    etats.RECUE: 1,
    etats.INTERROMPUE: 1,
    etats.ECHOUEE: 1,
    etats.VERIFICATION: 2,
    etats.VERIFIEE: 2,
    etats.ECRITURE: 3,
}
_COUNTED = {
    "structures": ("structure ajoutée", "structures ajoutées"),
    "personnes": ("personne ajoutée", "personnes ajoutées"),
    "contacts": ("contact rattaché", "contacts rattachés"),
    "dossiers": ("dossier ajouté", "dossiers ajoutés"),
}


def reprises_page(
    connection: Connection,
    engine: Engine,
    identity: Identity,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
) -> ReprisesPage:
    """The list, and the form as it came back if it did."""
    known = subjects(engine)
    return ReprisesPage(
        tabs=tabs(REPRISES),
        form=_sending(known, typed or {}, faults or {}) if identity.may_direct else None,
        models=tuple(Link(label=label, url=f"{REPRISES}/modeles/{key}") for key, label in known),
        rows=tuple(
            RepriseRow(
                nom=line.nom,
                url=f"{REPRISES}/{line.id}",
                what=_what(engine, line.sujet, line.pipeline),
                state=_STATES[line.etat][0],
                tone=_STATES[line.etat][1],
                by=line.cree_par,
                at=line.cree_le,
            )
            for line in list_reprises(connection, identity.organisme_id)
        ),
    )


def _sending(known: list[tuple[str, str]], typed: Typed, faults: Mapping[str, str]) -> FormView:
    """The form that sends a file, as it came back if it did."""
    chosen = typed.get(SUBJECT)
    subject = FieldView(
        name=SUBJECT,
        label="Que contient le fichier ?",
        type="choix",
        value=chosen if isinstance(chosen, str) else "",
        choices=tuple(Choice(value=key, label=label) for key, label in known),
        required=True,
        error=faults.get(SUBJECT, ""),
    )
    file = FieldView(
        name=FILE,
        label="Fichier",
        type="fichier",
        required=True,
        help=(
            f"XLSX ou CSV, {MOST_MEGABYTES} Mo et 20 000 lignes au plus. Rien n'est enregistré "
            "avant que vous n'ayez tout vérifié."
        ),
        error=faults.get(FILE, ""),
    )
    return FormView(url=REPRISES, groups=(FieldGroup(fields=(subject, file)),), submit="Envoyer")


def reprise_page(
    connection: Connection,
    engine: Engine,
    identity: Identity,
    row: Mapping[str, Any],
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
) -> ReprisePage:
    """One reprise where it is. `typed` and `faults`: its columns as they came back."""
    etat, told = row["etat"], json.loads(row["bilan"])
    mine = identity.may_direct
    open_file = mine and etat in STILL_OPEN
    columns, message = _file_as_read(engine, row, typed, faults) if open_file else (None, "")
    return ReprisePage(
        tabs=tabs(REPRISES),
        back=_BACK,
        nom=row["nom"],
        what=_what(engine, row["sujet"], row["pipeline"]),
        etat=etat,
        state=_STATES[etat][0],
        steps=_steps(etat),
        url=f"{REPRISES}/{row['id']}",
        message=message or row["message"],
        by=row["cree_par"],
        at=row["cree_le"],
        finished=row["fini_le"],
        done=row["fait"],
        total=row["total"],
        columns=columns,
        **_found(told, unpack(row["anomalies"])),
        added=_added(connection, row["id"]) if etat == etats.FAITE else (),
        may_write=mine and etat == etats.VERIFIEE and not told.get("anomalies"),
        may_undo=mine and etat == etats.FAITE,
        may_give_up=open_file,
    )


def _found(told: Mapping[str, Any], wrong: Sequence[Any]) -> dict[str, Any]:
    """What the dry run counted, the first of what is wrong, what differs from what is known."""
    return {
        "lines": told.get("lignes", 0),
        "known": told.get("connues", 0),
        "counts": _counts(told.get("ajouts", {})),
        "faults": tuple(_fault(fault) for fault in wrong[:MOST_FAULTS]),
        "fault_count": told.get("anomalies", 0),
        "faulty_lines": told.get("lignes_fautives", 0),
        "kept_faults": len(wrong),
        "differences": tuple(Difference(**each) for each in told.get("exemples", ())),
        "difference_count": told.get("ecarts", 0),
    }


def _file_as_read(
    engine: Engine, row: Mapping[str, Any], typed: Typed | None, faults: Mapping[str, str] | None
) -> tuple[ColumnsView | None, str]:
    """Its columns while its content is there, or why it cannot be read any more."""
    if row["contenu"] is None:
        return None, ""
    try:
        return _columns(engine, row, typed, faults or {}), ""
    except UnreadableFile as error:
        return None, str(error)


def _what(engine: Engine, sujet: str, pipeline: str | None) -> str:
    if sujet == DOSSIERS:
        loaded = engine.catalogue.latest(pipeline or "")
        return f"Dossiers · {loaded.pipeline.label if loaded else pipeline}"
    return sujet.capitalize()


def _steps(etat: str) -> tuple[Step, ...]:
    at = _AT.get(etat, len(_STEPS))
    return tuple(
        Step(label=label, state="done" if n < at else "now" if n == at else "next")
        for n, label in enumerate(_STEPS)
    )


def _counts(added: Mapping[str, int]) -> tuple[Count, ...]:
    return tuple(
        Count(number=number, label=_COUNTED[kind][number > 1])
        for kind, number in added.items()
        if number
    )


def _fault(fault: Fault) -> FaultView:
    cell = letter_of(fault.column) if fault.column >= 0 else "Ligne "
    return FaultView(
        place=f"{cell}{fault.row}", title=fault.title, value=fault.value, what=fault.what
    )


def _added(connection: Connection, id: int) -> tuple[Link, ...]:
    return tuple(
        Link(label=name, url=f"/{'dossiers' if kind == DOSSIER else 'structures'}/{fiche}")
        for kind, fiche, name in first_added(connection, id)
    )


def _columns(
    engine: Engine, row: Mapping[str, Any], typed: Typed | None, faults: Mapping[str, str]
) -> ColumnsView:
    sheets = outlines_of(row["format"], row["contenu"])
    reading = reading_of(row["lecture"])
    sheet = next((each for each in sheets if each.name == reading.sheet), sheets[0])
    targets = targets_of(engine, row["sujet"], row["pipeline"])
    choices = _target_choices(targets)
    url = f"{REPRISES}/{row['id']}"
    return ColumnsView(
        sheet_url=f"{url}/feuille",
        sheet_field=_sheet_field(sheets, reading.sheet, faults),
        header_field=_header_field(sheet, reading.header, faults),
        url=f"{url}/colonnes",
        columns=tuple(
            ColumnView(
                letter=column.letter,
                title=column.title,
                samples=column.samples,
                field=_column_field(column, reading.chosen, choices, typed, faults),
            )
            for column in columns_of(sheet, reading.header)
        ),
        error=faults.get(COLUMN, ""),
        open=row["etat"] != etats.VERIFIEE or bool(faults),
    )


def _target_choices(targets: Sequence[Target]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            value=target.key,
            label=f"{target.label}{' (obligatoire)' if target.field.required else ''}",
            note=target.group,
        )
        for target in targets
    )


def _column_field(
    column: Column,
    chosen: Mapping[int, str],
    choices: tuple[Choice, ...],
    typed: Typed | None,
    faults: Mapping[str, str],
) -> FieldView:
    name = f"{COLUMN}-{column.index}"
    value = chosen.get(column.index, "")
    if typed is not None:
        told = typed.get(name)
        value = told if isinstance(told, str) else ""
    return FieldView(
        name=name,
        label=f"Ce que donne la colonne {column.letter}",
        type="choix",
        value=value,
        choices=choices,
        error=faults.get(name, ""),
        placeholder="Ne pas reprendre",
    )


def _sheet_field(sheets: Sequence[Outline], name: str, faults: Mapping[str, str]) -> FieldView:
    return FieldView(
        name=SHEET,
        label="Feuille",
        type="choix",
        value=name,
        choices=tuple(
            Choice(value=sheet.name, label=sheet.name, note="masquée" if sheet.hidden else "")
            for sheet in sheets
            if sheet.rows
        ),
        error=faults.get(SHEET, ""),
    )


def _header_field(sheet: Outline, header: int, faults: Mapping[str, str]) -> FieldView:
    return FieldView(
        name=HEADER,
        label="Ligne des titres",
        type="choix",
        value=str(header),
        choices=tuple(
            Choice(
                value=str(row.number),
                label=f"Ligne {row.number}",
                note=", ".join(filter(None, (shown(value) for value in row.values)))[:60],
            )
            for row in sheet.rows[:_HEADER_ROWS]
        ),
        error=faults.get(HEADER, ""),
    )
