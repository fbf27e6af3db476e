"""The papers of a séance, as files."""

from __future__ import annotations

from api.papers import OF_A_DOSSIER, OF_A_SEANCE, PDF, WORD, Desk, given
from api.v1.contract import Answer, Call, Subject
from api.v1.given import only_asked
from api.v1.shapes.decisions import VerificationPv
from grants.comites.papiers.verification import FILE, verify_sent
from workflow.pipeline import Field

subject = Subject("Documents des séances")
_SEANCE = "/seances/{seance_id}"
_DOSSIER = f"{_SEANCE}/dossiers/{{dossier_id}}"
_PACK, _SHEET, _MINUTES, _WORD = OF_A_SEANCE
_NOTE, _EXTRACT = OF_A_DOSSIER


@subject.get(f"{_SEANCE}/{_PACK}", OF_A_SEANCE[_PACK], None, media=(PDF,), conflicts=True)
def pack(call: Call) -> Answer:
    """What the members read before the séance. Raises NotFound, PaperRefused."""
    return Answer(file=given(_desk(call).pack(), _PACK))


@subject.get(f"{_SEANCE}/{_SHEET}", OF_A_SEANCE[_SHEET], None, media=(PDF,), conflicts=True)
def sheet(call: Call) -> Answer:
    """What they sign. Raises NotFound, PaperRefused."""
    return Answer(file=given(_desk(call).sheet(), _SHEET))


@subject.get(f"{_SEANCE}/{_MINUTES}", OF_A_SEANCE[_MINUTES], None, media=(PDF,), conflicts=True)
def minutes(call: Call) -> Answer:
    """The minutes, byte for byte; a draft until validated. Raises NotFound, PaperRefused."""
    return Answer(file=given(_desk(call).minutes(), _MINUTES))


@subject.get(f"{_SEANCE}/{_WORD}", OF_A_SEANCE[_WORD], None, media=(WORD,), conflicts=True)
def word(call: Call) -> Answer:
    """The minutes, to paste elsewhere. Raises NotFound, PaperRefused."""
    return Answer(file=given(_desk(call).word(), _WORD))


@subject.get(f"{_DOSSIER}/{_NOTE}", OF_A_DOSSIER[_NOTE], None, media=(PDF,), conflicts=True)
def note(call: Call) -> Answer:
    """Two pages on one dossier. Raises NotFound, NotOnTheAgenda."""
    return Answer(file=given(_desk(call).note(call.id("dossier_id")), _NOTE))


@subject.get(f"{_DOSSIER}/{_EXTRACT}", OF_A_DOSSIER[_EXTRACT], None, media=(PDF,), conflicts=True)
def extract(call: Call) -> Answer:
    """What the minutes say of one dossier. Raises NotFound, NotOnTheAgenda, PaperRefused."""
    return Answer(file=given(_desk(call).extract(call.id("dossier_id")), _EXTRACT))


@subject.post(
    "/proces-verbaux/verifier",
    "Vérifier un procès-verbal reçu",
    VerificationPv,
    takes="table",
    upload=FILE,
    personal=True,
    keyed=False,
)
def verify(call: Call) -> VerificationPv:
    """Whether a file is the minutes that were validated; it is not kept. Raises Invalid."""
    only_asked(call, Field(key=FILE, label="Fichier", type="texte"))
    content = call.table.content if call.table is not None else None
    found = verify_sent(call.connection, call.organisme_id, content)
    return {
        "authentique": found.genuine,
        "phrase": found.sentence,
        "seance_id": found.seance,
        "comparaisons": [{"quoi": what, "identique": same} for what, same in found.checks],
    }


def _desk(call: Call) -> Desk:
    about = (call.organisme_id, call.id("seance_id"), call.now)
    return Desk(call.connection, call.house.engine, *about)
