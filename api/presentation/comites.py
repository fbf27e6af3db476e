"""Comités and their members, as their pages show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from api.presentation.fields import Asking, questions
from api.presentation.ledgers import among, story_of
from api.views.chrome import Link
from api.views.comites import ComiteLine, ComitePage, ComitesPage, MemberLine
from api.views.fields import FieldGroup
from api.views.forms import FormPage, FormView
from api.views.listing import EmptyState
from api.views.sheets import Entry
from api.views.sitting import Mark
from api.visit import Visit
from grants.comites.instances import (
    COMITE_FIELDS,
    COMITES_LEDGER,
    NATURES,
    comites_of,
    new_comite_form,
)
from grants.comites.membres import MembreLine, membres_of
from grants.comites.regles import REGLE_FIELDS, fields_of, load_regles
from workflow.dates import format_date, to_paris

LIST, NEW = "/comites", "/comites/nouveau"
_BACK = Link(label="Comités", url=LIST)
_SEANCES = Link(label="Séances", url="/seances")
_RULES = {field.key for field in REGLE_FIELDS}


def comites_page(asking: Asking, visit: Visit) -> ComitesPage:
    """Every comité of the organisme."""
    today = to_paris(visit.now).date()
    rows = comites_of(asking.connection, asking.organisme_id)
    new_url = NEW if visit.identity.may_direct else None
    return ComitesPage(
        lines=tuple(_line(asking, row, today) for row in rows),
        back=_SEANCES,
        new_url=new_url,
        empty=None if rows else _nothing(new_url),
    )


def _nothing(new_url: str | None) -> EmptyState:
    return EmptyState(
        title="Aucun comité",
        text="Un comité a des membres et des règles de vote ; ses séances examinent les dossiers.",
        icon="personnes",
        action=Link(label="Créer un comité", url=new_url) if new_url else None,
    )


def _line(asking: Asking, row: Mapping[str, Any], today: date) -> ComiteLine:
    members = membres_of(asking.connection, asking.organisme_id, row["id"], today)
    return ComiteLine(
        nom=row["nom"],
        url=f"{LIST}/{row['id']}",
        nature=NATURES[row["nature"]],
        members=len(members),
        voices=sum(each.votes and each.suppleant_de_id is None for each in members),
        scrutin="Scrutin secret" if load_regles(row["regles"]).is_secret else "Scrutin nominatif",
    )


def comite_page(asking: Asking, visit: Visit, id: int) -> ComitePage:
    """One comité with its members. Raises NotFound."""
    connection, organisme_id = asking.connection, asking.organisme_id
    row = COMITES_LEDGER.read(connection, organisme_id, id)
    members = membres_of(connection, organisme_id, id)
    today = to_paris(visit.now).date()
    gone = [each for each in members if each.fin is not None and each.fin < today]
    sits = [each for each in members if each not in gone]
    names = {each.id: each.nom for each in members}
    types = asking.engine.vocabulary.field_types
    writes = visit.identity.may_write
    return ComitePage(
        title=row["nom"],
        nature=NATURES[row["nature"]],
        back=_BACK,
        members=tuple(_member(each, id, names, writes=writes) for each in sits),
        gone=tuple(_member(each, id, names, writes=writes) for each in gone),
        rules=_rules(asking, row["regles"]),
        colleges=tuple(Counter(each.college for each in sits).items()),
        timeline=story_of(connection, COMITES_LEDGER, id, among(COMITE_FIELDS), types),
        edit_url=f"{LIST}/{id}/modifier" if visit.identity.may_direct else None,
        new_member_url=f"{LIST}/{id}/membres/nouveau" if writes else None,
        warnings=_warnings(sits),
    )


def _warnings(sits: list[MembreLine]) -> tuple[str, ...]:
    """What will stop a séance of this comité, or surprise at it."""
    found = []
    chairs = Counter(each.rang_presidence for each in sits if each.rang_presidence is not None)
    if not any(each.votes for each in sits):
        found.append("Aucun membre ne vote : une séance ne pourra pas être convoquée.")
    if not chairs:
        found.append("Personne ne peut présider : donnez un rang de présidence à un membre.")
    found += [
        f"Deux membres ont le rang de présidence {n}." for n, many in chairs.items() if many > 1
    ]
    mute = [each.nom for each in sits if not each.email]
    if mute:
        found.append(f"Sans e-mail, ils ne seront pas convoqués : {', '.join(mute)}.")
    return tuple(found)


def _member(
    each: MembreLine, comite_id: int, names: Mapping[int, str], *, writes: bool
) -> MemberLine:
    voice = Mark(label="Délibérative", tone="vert") if each.votes else None
    end = f" au {format_date(each.fin)}" if each.fin else ""
    return MemberLine(
        nom=each.nom,
        email=each.email or "",
        structure=each.structure,
        college=each.college,
        voice=voice or Mark(label="Consultative", tone="pierre"),
        term=f"Depuis le {format_date(each.debut)}"
        if not end
        else f"Du {format_date(each.debut)}{end}",
        deputy_of=names.get(each.suppleant_de_id or 0, ""),
        presidency=_presidency(each.rang_presidence),
        url=f"{LIST}/{comite_id}/membres/{each.id}" if writes else None,
    )


def _presidency(rank: int | None) -> str:
    if rank is None:
        return ""
    return "Préside" if rank == 1 else f"Préside en {rank}e"


def _rules(asking: Asking, text: str) -> tuple[Entry, ...]:
    regles, types = load_regles(text), asking.engine.vocabulary.field_types
    return tuple(
        Entry(label=each.label, value=types[each.type].display(getattr(regles, each.key), each))
        for each in fields_of(regles)
    )


def comite_form(
    asking: Asking,
    row: Mapping[str, Any] | None,
    *,
    key: str = "",
    version: int | None = None,
    conflict: str = "",
) -> FormPage:
    """A comité and its rules as a form; a new one starts from the usual rules."""
    known = new_comite_form() if row is None else _known(row)
    back = _BACK if row is None else Link(label=row["nom"], url=f"{LIST}/{row['id']}")
    asked = questions(asking, COMITE_FIELDS, known)
    return FormPage(
        title="Nouveau comité" if row is None else "Modifier le comité",
        lead="Une séance déjà convoquée garde les règles qu’elle avait ce jour-là.",
        back=back,
        form=FormView(
            url=NEW if row is None else f"{LIST}/{row['id']}/modifier",
            groups=(
                FieldGroup(fields=tuple(each for each in asked if each.name not in _RULES)),
                FieldGroup(
                    title="Règles du vote",
                    fields=tuple(each for each in asked if each.name in _RULES),
                ),
            ),
            submit="Créer le comité" if row is None else "Enregistrer",
            cancel_url=back.url,
            idempotency_key=key,
            lock_version=version,
            conflict=conflict,
        ),
    )


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    regles = load_regles(row["regles"])
    return {**row, **{each.key: getattr(regles, each.key) for each in REGLE_FIELDS}}
