"""How far the votes are: on every dossier, then voice by voice on one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.presentation.fields import questions
from api.presentation.seance_head import VOTES, Sitting, head_of
from api.presentation.seance_lines import lines_of_agenda
from api.presentation.seance_presences import about_member
from api.views.fields import FieldView
from api.views.sitting_votes import VoiceLine, VotesForm, VotesPage
from grants.comites.aloud import EVERYBODY_ELSE, vote_fields
from grants.comites.assemblee import EXCUSE, PRESENT, REPRESENTE, Voice
from grants.comites.comptage import CHOIX
from grants.comites.sight import Item, may_see_count
from grants.comites.voting import signed_of, votes_of

ALOUD = "voix"
_KEPT = "A voté depuis son écran"
Ballot = Mapping[str, Any]
_SEALED: Ballot = {
    "choix": None,
    "montant": None,
    "reserves": "",
    "saisi_par": None,
    "version": 1,
}


def votes_page(sitting: Sitting) -> VotesPage:
    """Every dossier with its count."""
    lines = lines_of_agenda(sitting)
    live = any(each.is_open for each in sitting.sight.items)
    return VotesPage(head=head_of(sitting, VOTES), lines=lines, live=live)


def voices_of(sitting: Sitting, item: Item) -> tuple[VoiceLine, ...]:
    """Each voice of a dossier and what it said, where that may be read."""
    given = _given(sitting, item)
    return tuple(
        _line(sitting, item, each, given.get(each.membre.id)) for each in _room(item, sitting)
    )


def voiced_reserves(sitting: Sitting, item: Item) -> str:
    """The réserves that the votes carried, each once, one a line."""
    said = (each.reserves for each in voices_of(sitting, item))
    return "\n".join(dict.fromkeys(" ".join(text.split()) for text in said if text))


def votes_form(sitting: Sitting, item: Item) -> VotesForm | None:
    """The votes given aloud, while the chargé may enter them."""
    if not sitting.may_write or not item.is_open or sitting.sight.regles.is_secret:
        return None
    voices, given = _room(item, sitting), _given(sitting, item)
    known: dict[str, Any] = {}
    for id, row in given.items():
        known |= {f"{key}_{id}": row[key] for key in ("choix", "montant", "reserves")}
    asked = questions(sitting.ask(ALOUD), vote_fields(voices), known)
    by_name = {each.name: each for each in asked}
    return VotesForm(
        url=f"{sitting.url}/dossiers/{item.dossier_id}/votes",
        everybody=by_name[EVERYBODY_ELSE],
        lines=tuple(
            _line(sitting, item, each, given.get(each.membre.id), by_name) for each in voices
        ),
    )


def awaited_of(sitting: Sitting, item: Item) -> tuple[str, ...]:
    """Who may vote on a dossier and has not."""
    given = _given(sitting, item)
    return tuple(
        each.membre.nom
        for each in _room(item, sitting)
        if each.porteur is not None and each.membre.id not in given
    )


def why_no_votes(sitting: Sitting, item: Item) -> str:
    """Why nobody enters votes here now."""
    if item.is_closed:
        return ""
    if not item.is_open:
        return "Le vote n’est pas ouvert." if sitting.sight.holds else ""
    if sitting.sight.regles.is_secret:
        return "Le scrutin est secret : chacun vote depuis son écran, personne ne saisit pour lui."
    return ""


def _room(item: Item, sitting: Sitting) -> Sequence[Voice]:
    at = item.passage["clos_le"] or sitting.sight.now
    return sitting.sight.room.voices(item.dossier_id, at)


def _given(sitting: Sitting, item: Item) -> dict[int, Ballot]:
    """The votes by voice; of a secret one that is closed, only that it was given."""
    connection, id = sitting.asking.connection, item.passage["id"]
    sealed = dict.fromkeys(signed_of(connection, id), _SEALED)
    return sealed | {row["membre_id"]: row for row in votes_of(connection, id)}


def _line(
    sitting: Sitting,
    item: Item,
    voice: Voice,
    row: Ballot | None,
    asked: Mapping[str, FieldView] | None = None,
) -> VoiceLine:
    member, regles = voice.membre, sitting.sight.regles
    by_himself = row is not None and row["saisi_par"] is None
    secret = regles.is_secret or (by_himself and not may_see_count(regles, item.etat))
    enters = asked is not None and voice.porteur is not None and not by_himself
    fields = asked if enters and asked is not None else {}
    return VoiceLine(
        nom=member.nom,
        about=_about(voice),
        said=_said(row, secret=secret),
        montant=row["montant"] if row is not None and not secret else None,
        reserves=row["reserves"] if row is not None and not secret else "",
        choix=fields.get(f"choix_{member.id}"),
        amount=fields.get(f"montant_{member.id}"),
        terms=fields.get(f"reserves_{member.id}"),
        seen=row["version"] if row is not None else 0,
        seen_name=f"vu_{member.id}",
        fault="" if fields else _fault(sitting, member.id),
        undo_url=f"{sitting.url}/dossiers/{item.dossier_id}/votes/{member.id}/retirer"
        if fields and row is not None
        else None,
    )


def _fault(sitting: Sitting, membre_id: int) -> str:
    """Why a vote typed for somebody who voted meanwhile was not kept."""
    return sitting.came.of(ALOUD).faults.get(f"choix_{membre_id}", "")


def _said(row: Ballot | None, *, secret: bool) -> str:
    if row is None:
        return ""
    return _KEPT if secret else CHOIX[row["choix"]]


def _about(voice: Voice) -> str:
    """Who uses the voice, or why nobody does."""
    if voice.etat == PRESENT:
        if voice.membre.id != voice.titulaire.id:
            return f"à la place de {voice.titulaire.nom}"
        return about_member(voice.membre)
    if voice.etat == REPRESENTE and voice.porteur is not None:
        return f"représenté par {voice.porteur.nom}"
    return "excusé" if voice.etat == EXCUSE else "absent"
