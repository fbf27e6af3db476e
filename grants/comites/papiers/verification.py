"""Is this file the minutes that were validated? What its bytes, its data and the journal answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from grants.comites.minutes import digest_of, minutes_from, minutes_row
from grants.comites.papiers.impression import PRINTED
from grants.comites.papiers.proces_verbal import DRAFT, EXTRACT
from grants.comites.papiers.words import day_of, hour_of, name_of, quoted
from grants.comites.reading import KIND
from grants.comites.tables import ProcesVerbal, Seance
from grants.organisation.tables import Organisme
from workflow.database import LARGEST_ID, table_of
from workflow.errors import Invalid
from workflow.journal_check import seq_of, verify_chain
from workflow.journal_reading import Line, lines_of

_PV, _S, _O = table_of(ProcesVerbal), table_of(Seance), table_of(Organisme)
_FROZEN = "pv_fige"
#: What a form calls the file that it sends.
FILE = "fichier"
_MEGABYTE = 1024 * 1024
# A file says it twice: where one was altered, the other still tells.
_KEYWORDS = re.compile(
    rb"<pdf:Keywords>([^<]{1,1000})</pdf:Keywords>|/Keywords ?\(([^)]{1,1000})\)"
)
_NO_PDF = "Ce fichier n’est pas un PDF."
_EMPTY = "Ce fichier est vide."
#: Minutes weigh far less: what is larger was made elsewhere.
MOST_MEGABYTES = 10
_NOBODYS = (
    "Ce fichier n’est le procès-verbal d’aucune séance d’ici, ou il a été réécrit : rien n’y"
    " désigne plus sa séance."
)


_NOT_YOURS = (
    "Ce fichier n’est le procès-verbal d’aucune séance de votre organisme, ou il a été réécrit :"
    " rien n’y désigne plus sa séance."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is found, in one sentence. `genuine`: it is the minutes that were validated.

    `checks`: what was compared with what is kept, each with whether it is the same. `seance`: the
    séance that it is of, or says that it is of.
    """

    genuine: bool
    sentence: str
    checks: tuple[tuple[str, bool], ...] = ()
    seance: int | None = None


def verify_sent(connection: Connection, organisme_id: int, content: bytes | None) -> Verdict:
    """Whether a file that somebody sent is the minutes of a séance of the organisme.

    Those of another organisme are nobody's here. Raises Invalid without a file, or beyond its size.
    """
    if content is None:
        raise Invalid({FILE: "Choisissez le PDF à vérifier."})
    if len(content) > MOST_MEGABYTES * _MEGABYTE:
        sentence = f"Ce fichier dépasse {MOST_MEGABYTES} Mo : aucun procès-verbal n’est si lourd."
        raise Invalid({FILE: sentence})
    return verify_minutes(connection, content, organisme_id=organisme_id)


def verify_minutes(
    connection: Connection,
    content: bytes,
    seance_id: int | None = None,
    *,
    organisme_id: int | None = None,
) -> Verdict:
    """Whether these bytes are the minutes that were validated.

    `seance_id`: of which séance. `organisme_id`: whose alone; others are as if they were not.
    """
    digest = hashlib.sha256(content).hexdigest()
    kept = connection.execute(select(_PV.c.seance_id).where(_PV.c.empreinte_pdf == digest)).scalar()
    marks: Mapping[str, str] = {}
    seance = _seance(connection, kept)
    if seance is None:
        seance, marks = _marked(connection, content)
    if seance is not None and organisme_id not in (None, seance["organisme_id"]):
        seance = None
    if seance is None:
        return _no(_nothing_of(content, organisme_id))
    if seance_id is not None and seance_id != seance["id"]:
        return _no(_another(seance, _seance(connection, seance_id)))
    row = _row(connection, seance)
    if kept is None:
        sentence = _not_that_one(connection, seance, marks, digest)
        return Verdict(False, sentence, _compared(row, marks, digest), seance["id"])
    doubts = _doubts(connection, seance, row, digest)
    checks = (("Le fichier, octet par octet", True), *((each, not words) for each, words in doubts))
    if doubt := next((words for _, words in doubts if words), ""):
        sentence = f"Ce fichier est celui qui est gardé pour {_name(seance)}, mais {doubt}."
        return Verdict(False, sentence, checks, seance["id"])
    sentence = f"C’est le procès-verbal validé de {_name(seance)}, {_when(row)} : le fichier,"
    return Verdict(True, f"{sentence} ses données et le journal concordent.", checks, seance["id"])


def _nothing_of(content: bytes, organisme_id: int | None) -> str:
    """Why a file is of no séance that is known here."""
    if not content:
        return _EMPTY
    if not content.startswith(b"%PDF-"):
        return _NO_PDF
    return _NOBODYS if organisme_id is None else _NOT_YOURS


def _compared(
    row: Mapping[str, Any], marks: Mapping[str, str], digest: str
) -> tuple[tuple[str, bool], ...]:
    """What a file says of itself beside what is kept; nothing before the minutes are validated."""
    if row.get("empreinte") is None or marks.get("nature") == EXTRACT:
        return ()
    return (
        ("Le fichier, octet par octet", digest == row["empreinte_pdf"]),
        ("Les données qu’il annonce", marks.get("empreinte") == row["empreinte"]),
        ("La tête du journal qu’il annonce", marks.get("tete") == row["ancre"]),
    )


def _doubts(
    connection: Connection, seance: Mapping[str, Any], row: Mapping[str, Any], digest: str
) -> tuple[tuple[str, str], ...]:
    """Each thing that the database must hold, and what is wrong with it; empty where nothing is."""
    owner = (KIND, seance["id"])
    lines = lines_of(connection, *owner)
    # What was forgotten cannot be rebuilt: its digest is still in the chain.
    whole = not any(line.erased_at for line in lines)
    rebuilt = digest_of(minutes_from(reversed(lines))) if whole else ""
    checks = (
        (
            "Le journal de la séance, ligne à ligne",
            not verify_chain(connection, owner, _S),
            "le journal de cette séance a été altéré",
        ),
        (
            "L’empreinte du fichier au journal",
            _told(lines, PRINTED)[:1] == [digest],
            "le journal n’en garde pas l’empreinte",
        ),
        (
            "L’empreinte des données au journal",
            _told(lines, _FROZEN)[:1] == [row["empreinte"]],
            "le journal garde d’autres données",
        ),
        (
            "La tête du journal",
            bool(seq_of(connection, owner, row["ancre"])),
            "la tête du journal qu’il porte n’y est pas",
        ),
        (
            "Les données que le journal redonne",
            not whole or rebuilt == row["empreinte"],
            "ses données ne sont pas celles que le journal redonne",
        ),
    )
    return tuple((label, "" if holds else words) for label, holds, words in checks)


def _marked(connection: Connection, content: bytes) -> tuple[Any, Mapping[str, str]]:
    """The séance that a file says it is of, where its journal knows the head that it prints."""
    for marks in marks_of(content):
        seance = _seance(connection, _id(marks.get("seance", "")))
        known = seance and seq_of(connection, (KIND, seance["id"]), marks.get("tete", ""))
        if known:
            return seance, marks
    return None, {}


def _not_that_one(
    connection: Connection, seance: Mapping[str, Any], marks: Mapping[str, str], digest: str
) -> str:
    """What a file is that says it is of a séance, and is not what is kept of it."""
    name, row = _name(seance), _row(connection, seance)
    if marks["nature"] == EXTRACT:
        return f"Ce fichier est un extrait du procès-verbal de {name}, pas le procès-verbal."
    if row.get("empreinte") is None:
        return f"Ce fichier est un projet : le procès-verbal de {name} n’est pas encore validé."
    lines = lines_of(connection, KIND, seance["id"])
    earlier = f"Ce fichier est une version antérieure du procès-verbal de {name} :"
    if marks.get("etat") == DRAFT:
        return f"{earlier} un projet, édité avant la validation, {_when(row)}."
    if digest in _told(lines, PRINTED) or marks.get("empreinte") in _told(lines, _FROZEN)[1:]:
        return f"{earlier} une autre a été validée {_when(row)}."
    return (
        f"Ce fichier a été altéré : il se dit le procès-verbal de {name}, mais ce ne sont pas les"
        " octets qui ont été validés."
    )


def _another(seance: Mapping[str, Any], wanted: Mapping[str, Any] | None) -> str:
    if wanted is None:
        return "La séance demandée n’existe pas : son numéro est celui de son adresse."
    return (
        f"Ce fichier est le procès-verbal d’une autre séance : {_name(seance)}, et non"
        f" {_name(wanted)}."
    )


def marks_of(content: bytes) -> Iterator[dict[str, str]]:
    """What a PDF says of itself, in each place where it does: nature, séance, digests."""
    for found in _KEYWORDS.finditer(content):
        nature, *others = (found[1] or found[2]).decode("utf-8", "replace").split(", ")
        pairs = (each.partition("=") for each in others)
        yield {"nature": nature, **{key: value for key, _, value in pairs}}


def _row(connection: Connection, seance: Mapping[str, Any]) -> Mapping[str, Any]:
    return minutes_row(connection, seance["id"]) or {}


def _seance(connection: Connection, id: int | None) -> Any:
    if id is None or not 0 < id <= LARGEST_ID:
        return None
    own = _O.c.nom.label("organisme")
    query = select(_S.c.id, _S.c.organisme_id, _S.c.comite, _S.c.tenue_le, own)
    joined = query.join(_O, _O.c.id == _S.c.organisme_id).where(_S.c.id == id)
    return connection.execute(joined).mappings().first()


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None  # noqa: PLR2004


def _name(seance: Mapping[str, Any]) -> str:
    return quoted(f"{name_of(seance['comite'], seance['tenue_le'])}, {seance['organisme']}")


def _when(row: Mapping[str, Any]) -> str:
    moment = row["valide_le"]
    return f"le {day_of(moment)} à {hour_of(moment)} par {row['valide_par']}"


def _told(lines: list[Line], event: str) -> list[str]:
    """The digests that an event left in the journal, newest first."""
    return [line.content.get("empreinte", "") for line in lines if line.event == event]


def _no(sentence: str) -> Verdict:
    return Verdict(False, sentence)
