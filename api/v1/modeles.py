"""Letters' texts: read, changed, given back their first text."""

from __future__ import annotations

from api.v1.contract import Call, Subject
from api.v1.given import only_asked
from api.v1.shapes.modeles import LigneModele, Modele, Modeles
from grants.dossiers.lettres.variables import variables_of
from grants.relances.modeles import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    change_model,
    letter_named,
    restore_original,
    source_of,
)
from notifications.letter_source import split_source
from notifications.letters import Letter
from notifications.template_versions import Version, template_in_force, versions_of
from workflow.pipeline import Field

subject = Subject("Modèles de lettres")
_MODEL = "/modeles/{lettre}"
_FIELDS = (
    Field(key="objet", label="Objet", type="texte", longest=LONGEST_SUBJECT, required=True),
    Field(key="texte", label="Texte", type="texte_long", longest=LONGEST_BODY, required=True),
)
_EXAMPLE = {
    "objet": "Votre rendez-vous",
    "texte": "Bonjour,\n\nNotre rendez-vous est confirmé.\n\n{{ organisme.nom }}",
}


@subject.get("/modeles", "Les modèles de lettres", Modeles, direction=True)
def models(call: Call) -> Modeles:
    """Every letter of the catalogue, by dispositif then by title."""
    known = call.house.engine.vocabulary.letters.values()
    return {
        "modeles": [
            _line(each, versions_of(call.connection, call.organisme_id, each.key))
            for each in sorted(known, key=lambda each: (each.dispositif, each.title))
        ]
    }


@subject.get(_MODEL, "Un modèle de lettre", Modele, direction=True)
def model(call: Call) -> Modele:
    """One letter as it stands, and what it may say. Raises NotFound."""
    letter = letter_named(call.house.engine, call.path["lettre"])
    versions = versions_of(call.connection, call.organisme_id, letter.key)
    in_force = template_in_force(call.connection, call.organisme_id, letter)
    subject_line, body = split_source(in_force.source)
    first_subject, first_body = split_source(letter.source)
    return {
        **_line(letter, versions),
        "objet": subject_line,
        "texte": body,
        "objet_d_origine": first_subject,
        "texte_d_origine": first_body,
        "variables": [
            {"ecriture": each.written, "description": each.description}
            for each in variables_of(call.house.engine, letter)
        ],
        "versions": [
            {
                "numero": each.version,
                "auteur": each.author,
                "le": each.at,
                "origine": each.source is None,
            }
            for each in versions
        ],
        "version": versions[0].version if versions else 0,
    }


@subject.put(
    _MODEL,
    "Changer un modèle de lettre",
    Modele,
    asks=_FIELDS,
    versioned=True,
    direction=True,
    example=_EXAMPLE,
)
def change(call: Call) -> Modele:
    """Keep the organisme's own text. Raises Invalid with line and cause, ModelChanged, NotFound."""
    only_asked(call, *_FIELDS)
    source = source_of(call.text("objet"), call.text("texte"))
    key, engine = call.path["lettre"], call.house.engine
    change_model(call.session, engine, call.identity, key, source, _seen(call), call.now)
    return model(call)


@subject.post(
    f"{_MODEL}/original", "Revenir au texte d’origine", Modele, versioned=True, direction=True
)
def restore(call: Call) -> Modele:
    """Go back to the text that the software ships. Raises ModelChanged, NotFound."""
    only_asked(call)
    key, engine = call.path["lettre"], call.house.engine
    restore_original(call.session, engine, call.identity, key, _seen(call), call.now)
    return model(call)


def _seen(call: Call) -> int:
    """The version that If-Match names; « * » is the one in force."""
    if call.version is not None:
        return call.version
    known = versions_of(call.connection, call.organisme_id, call.path["lettre"])
    return known[0].version if known else 0


def _line(letter: Letter, versions: list[Version]) -> LigneModele:
    latest = versions[0] if versions else None
    own = latest is not None and latest.source is not None
    return {
        "cle": letter.key,
        "titre": letter.title,
        "dispositif": letter.dispositif,
        "depart": letter.release,
        "voies": list(letter.channels),
        "propre": own,
        "modifie_par": latest.author if latest and own else None,
        "modifie_le": latest.at if latest and own else None,
    }
