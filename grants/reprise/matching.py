"""Whom a line speaks of: a fiche known already, one that an earlier line brought, or a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grants.organisation.people import PERSONNE_FIELDS, sorting_key
from grants.reprise.known import (
    STRUCTURE,
    Fiche,
    Known,
    personne_keys,
    structure_keys,
)
from grants.reprise.lines import Line, Lines
from grants.reprise.plans import Difference, NewContact, Plan
from grants.structures.postcodes import departement_of
from grants.structures.service import STRUCTURE_FIELDS, answers_of
from workflow.field_contract import FieldType, MissingAnswer
from workflow.pipeline import Field
from workflow.texts import fold

MISSING = str(MissingAnswer())
LONGEST_NAME = 120
_SURE = ("siret", "rna", "externe")
_COLUMNS = {"effectif": "effectif_centiemes"}
_BLANK = {_COLUMNS.get(each.key, each.key): None for each in STRUCTURE_FIELDS}


class Ambiguous(Exception):
    """What names a fiche names several. `key` is the answer to blame."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what)
        self.key = key
        self.what = what


class Matcher:
    """Finds or prepares the fiches that lines speak of; each one is prepared once."""

    def __init__(
        self, known: Known, lines: Lines, types: Mapping[str, FieldType], scope: str
    ) -> None:
        self._scope = scope
        self.known = known
        self.lines = lines
        self.plan = Plan(lines=len(lines.lines))
        self._types = types
        self._by_name: dict[tuple[Fiche, str], Fiche] = {}
        self._pairs: set[tuple[Fiche, Fiche]] = set()

    # --- Structures -----------------------------------------------------------------------------

    def find_structure(self, asked: Mapping[str, Any]) -> Fiche | None:
        """The structure with these numbers, else with this name. Raises Ambiguous."""
        index = self.known.structures
        sure = {key: index.find(key, asked.get(key)) for key in _SURE}
        found = {key: fiche for key, fiche in sure.items() if fiche is not None}
        if len({id(fiche) for fiche in found.values()}) > 1:
            first, *_others, last = found
            raise Ambiguous(
                last,
                f"Ce numéro est celui de « {found[last].values['nom']} », et l'autre celui de "
                f"« {found[first].values['nom']} ».",
            )
        if found:
            return next(iter(found.values()))
        return self._named(asked) if asked.get("nom") else None

    def _named(self, asked: Mapping[str, Any]) -> Fiche | None:
        index, name = self.known.structures, sorting_key(asked["nom"])
        email, commune = asked.get("email"), asked.get("commune")
        numbered = any(asked.get(key) for key in _SURE)
        if email and (fiche := index.find("email", (email, name))):
            return fiche if _agree(fiche, asked) else None
        if commune and (fiche := index.find("lieu", (name, fold(commune)))):
            return fiche if _agree(fiche, asked) else None
        fiche = index.find("nom", name)
        if fiche is not None:
            elsewhere = commune and fiche.values.get("commune")
            return fiche if not elsewhere and _agree(fiche, asked) else None
        if index.is_ambiguous("nom", name) and not numbered and not commune:
            what = "Plusieurs structures portent ce nom. Donnez le SIRET, le RNA ou la commune."
            raise Ambiguous("nom", what)
        return None

    def new_structure(self, line: Line, answers: Mapping[str, Any]) -> Fiche:
        """A structure that the file brings."""
        asked = {
            _COLUMNS.get(key, key): value for key, value in answers.items() if key != "externe"
        }
        values = {**_BLANK, **asked, "nom_cle": sorting_key(answers["nom"])}
        if values["departement"] is None and values["code_postal"]:
            values["departement"] = departement_of(values["code_postal"])
        fiche = Fiche(values, line=line.number, externe=answers.get("externe"))
        self.known.structures.add(fiche, structure_keys(fiche))
        self.plan.structures.append(fiche)
        return fiche

    def compare_structure(self, line: Line, fiche: Fiche, answers: Mapping[str, Any]) -> None:
        """Tell where a line says otherwise of a structure that is kept as it is."""
        kept = answers_of(fiche.values)
        for spec in STRUCTURE_FIELDS:
            self._compare(line, fiche, spec, kept[spec.key], answers.get(spec.key))

    def _compare(self, line: Line, fiche: Fiche, spec: Field, kept: Any, said: Any) -> None:
        if said is None or kept == said:
            return
        kind = self._types[spec.type]
        self.plan.differ(
            Difference(
                line.number,
                fiche.values["nom"],
                spec.label,
                "" if kept is None else kind.display(kept, spec),
                kind.display(said, spec),
            )
        )

    # --- Personnes ------------------------------------------------------------------------------

    def person(self, line: Line, prefix: str, structure: Fiche | None) -> Fiche | None:
        """The personne of a line, known or new; None where it names nobody, or badly."""
        first, last = line.get(f"{prefix}prenom"), line.get(f"{prefix}nom")
        email, telephone = line.get(f"{prefix}email"), line.get(f"{prefix}telephone")
        found = self.known.personnes.find("email", email)
        if last is None and first is None and found is None:
            if email or telephone:
                self.lines.blame(line, f"{prefix}nom", "Donnez aussi le nom de cette personne.")
            return None
        name = " ".join(part for part in (first, last) if part)
        if len(name) > LONGEST_NAME:
            self.lines.blame(line, f"{prefix}nom", "Ce nom est trop long : 120 signes au plus.")
            return None
        civilite = line.get(f"{prefix}civilite")
        values = {"nom": name, "email": email, "telephone": telephone, "civilite": civilite}
        key = sorting_key(name)
        found = found or self.known.personnes.find("telephone", (key, telephone))
        if found is None and not email and not telephone and structure is not None:
            found = self._namesake(structure, key)
        if found is None:
            found = Fiche({**values, "nom_cle": key}, line=line.number)
            self.known.personnes.add(found, personne_keys(found))
            self.plan.personnes.append(found)
        else:
            for spec in PERSONNE_FIELDS:
                kept = found.values[spec.key]
                same = spec.key == "nom" and found.values["nom_cle"] == key
                self._compare(line, found, spec, kept, kept if same else values[spec.key] or None)
        if structure is not None:
            self._by_name[structure, key] = found
        return found

    def _namesake(self, structure: Fiche, key: str) -> Fiche | None:
        """The contact of that name in the structure: nothing else tells people apart."""
        if (found := self._by_name.get((structure, key))) is not None:
            return found
        if structure.id is None:
            return None
        return self.known.contacts_by_name.get((structure.id, key))

    def attach(self, line: Line, structure: Fiche, personne: Fiche, fonction: str | None) -> bool:
        """Make a personne a contact of a structure. False when she is one already."""
        pair = (structure, personne)
        there = structure.id is not None and personne.id is not None
        if pair in self._pairs or (there and (structure.id, personne.id) in self.known.contacts):
            return False
        self._pairs.add(pair)
        self.plan.contacts.append(NewContact(structure, personne, fonction, line.number))
        return True

    def was_taken(self, kind: str, line: Line) -> bool:
        """Whether this very line was taken over before."""
        return (kind, self.digest(line)) in self.known.lines

    def digest(self, line: Line) -> str:
        """What this line will be known by."""
        return line.digest(self._scope)


def _agree(fiche: Fiche, asked: Mapping[str, Any]) -> bool:
    """Whether no number says that two structures of one name are two."""
    return all(
        not asked.get(key) or not fiche.values.get(key) or asked[key] == fiche.values[key]
        for key in ("siret", "rna")
    )


def structure_asked(line: Line) -> dict[str, Any]:
    """What a contact or a dossier says of its structure."""
    keys = ("nom", "siret", "rna", "externe")
    return {key: line.get(f"{STRUCTURE}_{key}") for key in keys}
