"""The cahier des charges: written from what the dossier's sheets say, then changed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflow.engine import Engine
from workflow.pipeline import Field
from workflow.subject import Subject

#: What a prestataire is told, in this order, where the sheets of the pipeline ask it.
_TOLD = (
    ("Le contexte", ("objet", "projet_de_la_structure", "activites", "theme", "public_vise")),
    ("Ce qui est attendu", ("besoins_prioritaires", "objectifs", "axes")),
    ("La mission", ("domaines", "jours_prevus", "cout_prevu", "calendrier")),
)
_DELIVERABLES = (
    "Un compte rendu après chaque rencontre, un rapport de fin de mission, et votre présence à la "
    "restitution."
)


def written_cahier(engine: Engine, subject: Subject) -> str:
    """The first text of a cahier des charges, in Markdown."""
    pipeline = engine.machine(subject).pipeline
    fields = {field.key: field for field in pipeline.every_field()}
    parts = [_who(subject)]
    for title, keys in _TOLD:
        told = list(_answers(engine, subject, fields, keys))
        if told:
            parts += [f"## {title}", *told]
    parts += ["## Ce que vous remettez", _DELIVERABLES]
    return "\n\n".join(part for part in parts if part)


def _who(subject: Subject) -> str:
    structure, row = subject.row["structure_nom"], subject.row
    where = row.get("commune")
    if not structure:
        return ""
    return f"Structure : {structure}" + (f", {where}." if where else ".")


def _answers(
    engine: Engine, subject: Subject, fields: Mapping[str, Field], keys: tuple[str, ...]
) -> Iterator[str]:
    for key in keys:
        field, value = fields.get(key), subject.values.get(key)
        if field is None or value in (None, "", []):
            continue
        shown = engine.vocabulary.field_types[field.type].display(value, field)
        lines = shown.replace("\n", "  \n")  # a line of an answer stays one in Markdown
        yield f"**{field.label}**\n\n{lines}" if "\n" in shown else f"**{field.label} :** {shown}"
