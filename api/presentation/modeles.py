"""Letters' texts, as their pages show them: what is the original, what the organisme changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import Connection

from api.presentation.reglages import MODELES, tabs
from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.modeles import (
    DiffLine,
    ModelGroup,
    ModelPage,
    ModelRow,
    ModelsPage,
    VariableRow,
    VersionRow,
)
from grants.dossiers.lettres.examples import example_of, preview_context
from grants.dossiers.lettres.variables import Variable, variables_of
from grants.dossiers.queries import dossier_by_reference
from grants.dossiers.reading import read_subject
from grants.interventions.fields import dispositifs_of
from grants.relances.courriers import letterhead_for
from grants.relances.modeles import LONGEST_BODY, LONGEST_SUBJECT, letter_named
from notifications.letter_filters import FILTERS
from notifications.letter_source import join_source, split_source
from notifications.letters import Letter
from notifications.outbox import Recipient
from notifications.render import Written, write
from notifications.template_versions import Template, Version, template_in_force, versions_of
from notifications.typography import french
from workflow.engine import Engine

#: Letters of no dispositif, after those of all of them.
_OTHERS = {"comites": "Comités"}
_WAYS = {("courriel",): "e-mail", ("papier",): "lettre"}
_BACK = Link(label="Modèles", url=MODELES)
_EXAMPLE_ID = 0


@dataclass(frozen=True, slots=True)
class Typed:
    """What came back to the editor, with what is wrong with it."""

    subject: str
    body: str
    reference: str = ""
    seen: int | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    conflict: str = ""


def models_page(connection: Connection, engine: Engine, organisme_id: int) -> ModelsPage:
    """Every letter of the catalogue, by dispositif."""
    groups: dict[str, list[ModelRow]] = {}
    titles = dispositifs_of(engine) | _OTHERS
    ranks = list(titles)
    letters = sorted(engine.vocabulary.letters.values(), key=lambda each: each.title)
    for letter in letters:
        latest = next(iter(versions_of(connection, organisme_id, letter.key)), None)
        groups.setdefault(letter.dispositif, []).append(_row(letter, latest))
    return ModelsPage(
        tabs=tabs(MODELES),
        groups=tuple(
            ModelGroup(title=titles.get(key, key), rows=tuple(rows))
            for key, rows in sorted(groups.items(), key=lambda each: _rank(ranks, each[0]))
        ),
    )


def model_page(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    key: str,
    typed: Typed | None = None,
    *,
    may_edit: bool = True,
) -> ModelPage:
    """One letter being edited, what it may say, what was changed in it."""
    letter = letter_named(engine, key)
    versions = versions_of(connection, organisme_id, key)
    known = versions[0].version if versions else 0
    template = template_in_force(connection, organisme_id, letter)
    subject, body = split_source(template.source)
    shown = typed or Typed(subject, body)
    at = f"{MODELES}/{key}"
    changed = template.id is not None
    return ModelPage(
        tabs=tabs(MODELES),
        back=_BACK,
        title=letter.title,
        lead=_lead(letter),
        url=at,
        preview_url=f"{at}/apercu",
        pdf_url=f"{at}/lettre.pdf",
        restore_url=f"{at}/original" if changed else None,
        subject=_subject(shown),
        body=_body(shown),
        reference=_reference(shown),
        seen=known if shown.seen is None else shown.seen,
        variables=tuple(_variable(each) for each in variables_of(engine, letter)),
        diff=tuple(diff_of(letter.source, template.source)) if changed else (),
        versions=tuple(_version(each) for each in versions),
        conflict=shown.conflict,
        may_edit=may_edit,
    )


def typed_in_force(connection: Connection, engine: Engine, organisme_id: int, key: str) -> Typed:
    """The text in force, as if somebody had just typed it. Raises NotFound."""
    template = template_in_force(connection, organisme_id, letter_named(engine, key))
    return Typed(*split_source(template.source))


def written_of(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    letter: Letter,
    typed: Typed,
    now: datetime,
) -> tuple[Written, str]:
    """The letter as typed, on a dossier or an example, and the words that say which.

    Raises TemplateFault, MissingValue.
    """
    # Whatever is typed is written under guard, as an organisme's own version is.
    template = Template(letter, join_source(typed.subject, typed.body), _EXAMPLE_ID, "")
    context, told = _context(connection, engine, organisme_id, template, typed.reference, now)
    porteur = context.get("porteur") or {}
    row = {"tenant_id": organisme_id, "subject_kind": "", "subject_id": 0, "letter": letter.key}
    written = write(
        template,
        context,
        letterhead=letterhead_for(connection, row, letter),
        recipient=Recipient(porteur.get("nom") or "", porteur.get("email")),
        reference=(context.get("dossier") or {}).get("reference") or "",
        at=now,
    )
    return written, told


def _context(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    template: Template,
    reference: str,
    now: datetime,
) -> tuple[dict[str, Any], str]:
    found = dossier_by_reference(connection, organisme_id, reference) if reference else None
    if found is None:
        told = f"Aucun dossier {reference}. " if reference else ""
        return example_of(engine, template.letter), f"{told}Sur un exemple inventé."
    subject = read_subject(connection, engine, organisme_id, found, lock=False)
    context, borrowed = preview_context(connection, engine, subject, template, now)
    told = f"Sur le dossier {reference}."
    if borrowed:
        told = f"{told} Pris d’un exemple, faute de mieux : {', '.join(borrowed)}."
    return context, told


def diff_of(before: str, after: str) -> Iterator[DiffLine]:
    """The organisme's text beside the original, line by line."""
    old, new = before.splitlines(), after.splitlines()
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (DiffLine(kind="meme", text=text) for text in old[i1:i2])
            continue
        yield from (DiffLine(kind="retire", text=text) for text in old[i1:i2])
        yield from (DiffLine(kind="ajoute", text=text) for text in new[j1:j2])


def _rank(known: Sequence[str], dispositif: str) -> tuple[int, str]:
    return (known.index(dispositif) if dispositif in known else len(known), dispositif)


def _row(letter: Letter, latest: Version | None) -> ModelRow:
    own = latest is not None and latest.source is not None
    return ModelRow(
        title=letter.title,
        url=f"{MODELES}/{letter.key}",
        release="attend votre « Envoyer »" if letter.release == "a_valider" else "part seule",
        way=_WAYS.get(letter.channels, "e-mail, ou lettre"),
        changed_by=latest.author if own and latest else "",
        changed_at=latest.at if own and latest else None,
    )


def _lead(letter: Letter) -> str:
    release = (
        "Elle attend votre « Envoyer »."
        if letter.release == "a_valider"
        else "Elle part d’elle-même."
    )
    files = f" Elle porte {', '.join(letter.attachments)}." if letter.attachments else ""
    return f"{release}{files}"


def _subject(typed: Typed) -> FieldView:
    return FieldView(
        name="objet",
        label="Objet",
        value=typed.subject,
        longest=LONGEST_SUBJECT,
        required=True,
        error=typed.faults.get("objet", ""),
    )


def _body(typed: Typed) -> FieldView:
    return FieldView(
        name="texte",
        label="Texte",
        type="texte_long",
        value=typed.body,
        longest=LONGEST_BODY,
        required=True,
        help="Un paragraphe par ligne vide ; **gras** ; « - » en début de ligne pour une liste.",
        error=typed.faults.get("texte", ""),
    )


def _reference(typed: Typed) -> FieldView:
    return FieldView(
        name="dossier",
        label="Voir sur le dossier",
        value=typed.reference,
        placeholder="MP-2027-014",
        longest=20,
        help="Sa référence ; laissée vide, l’aperçu est un exemple inventé.",
    )


def _variable(variable: Variable) -> VariableRow:
    return VariableRow(
        written=variable.written,
        description=variable.description,
        example=_said(variable.example, variable.filter),
    )


def _said(example: Any, way: str = "") -> str:
    """An example as its letter would say it."""
    if way:
        return FILTERS[way](example)
    if isinstance(example, Mapping):
        return ", ".join(french(f"{key} : {_said(value)}") for key, value in example.items())
    if isinstance(example, Iterable) and not isinstance(example, str):
        return french(" ; ").join(_said(each) for each in example)
    return "oui" if example is True else french(str(example))


def _version(version: Version) -> VersionRow:
    return VersionRow(
        number=version.version,
        author=version.author,
        at=version.at,
        original=version.source is None,
    )
