"""An organisme's own letters: changed, tried before they are kept, given back their first text."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from grants.dossiers.lettres.examples import examples_of
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from grants.organisation.settings import ORGANISMES
from notifications.letter_source import join_source
from notifications.letters import Letter
from notifications.template_check import check_template
from notifications.template_versions import TemplateChanged, save_version, versions_of
from workflow.engine import Engine
from workflow.errors import DomainError, Invalid, NotFound
from workflow.texts import TextFault, clean_text

CHANGED, RESTORED = "modele_modifie", "modele_retabli"
LONGEST_SUBJECT, LONGEST_BODY = 300, 20_000


class ModelChanged(DomainError):
    """Cette lettre a été modifiée entre-temps. Relisez-la avant d’enregistrer la vôtre."""

    code = "modele_modifie"


def letter_named(engine: Engine, key: str) -> Letter:
    """A letter of the catalogue. Raises NotFound."""
    letter = engine.vocabulary.letters.get(key)
    if letter is None:
        raise NotFound
    return letter


def source_of(subject: str, body: str) -> str:
    """What was typed as the source of a letter. Raises Invalid, by field."""
    faults: dict[str, str] = {}
    texts = {}
    for key, typed, longest in (
        ("objet", subject, LONGEST_SUBJECT),
        ("texte", body.replace("\r\n", "\n"), LONGEST_BODY),
    ):
        try:
            texts[key] = clean_text(typed, longest=longest, multiline=key == "texte")
        except TextFault as fault:
            faults[key] = str(fault)
        else:
            if not texts[key]:
                faults[key] = "Écrivez l’objet." if key == "objet" else "Écrivez la lettre."
    if faults:
        raise Invalid(faults)
    return join_source(texts["objet"], texts["texte"])


def change_model(
    session: Session,
    engine: Engine,
    identity: Identity,
    key: str,
    source: str,
    seen: int,
    now: datetime,
) -> bool:
    """Keep an organisme's own text of a letter. False where it is the text in force already.

    It is tried first on examples: one that would fail or leak is refused, with line and cause.
    Never commits. Raises NotFound, Invalid, ModelChanged, DirectionOnly.
    """
    identity.require_direction()
    letter = letter_named(engine, key)
    found = check_template(source, examples_of(engine, letter))
    if found:
        faults: dict[str, list[str]] = {}
        for each in found:
            faults.setdefault(each.place, []).append(str(each))
        raise Invalid({place: " ".join(told) for place, told in faults.items()})
    return _keep(session, identity, letter, source, seen, now)


def restore_original(
    session: Session, engine: Engine, identity: Identity, key: str, seen: int, now: datetime
) -> bool:
    """Give a letter its first text back. False where it has it. Never commits.

    Raises NotFound, ModelChanged, DirectionOnly.
    """
    identity.require_direction()
    return _keep(session, identity, letter_named(engine, key), None, seen, now)


def _keep(
    session: Session,
    identity: Identity,
    letter: Letter,
    source: str | None,
    seen: int,
    now: datetime,
) -> bool:
    connection, organisme_id = session.connection(), identity.organisme_id
    row = ORGANISMES.lock(connection, organisme_id, organisme_id)
    known = versions_of(connection, organisme_id, letter.key)
    if source == (known[0].source if known else None):
        return False
    author = (identity.compte_id or 0, identity.nom)
    try:
        number = save_version(
            connection, organisme_id, letter.key, source, seen=seen, author=author, now=now
        )
    except TemplateChanged as error:
        raise ModelChanged from error
    told = f"« {letter.title} », version {number}"
    event = CHANGED if source is not None else RESTORED
    ORGANISMES.note(connection, identity, row, Fact(event, now, {"texte": told}))
    return True
