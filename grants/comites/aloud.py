"""Votes given aloud: entered by the chargé for the whole room at once, one dossier at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grants.comites.agenda import read_passage
from grants.comites.assemblee import Voice, room_of
from grants.comites.comptage import CHOIX, FAVORABLES
from grants.comites.errors import VoteNotAllowed
from grants.comites.reading import read_sitting
from grants.comites.regles import load_regles
from grants.comites.voting import LONGEST, Vote, cast_vote, require_open, votes_of
from grants.organisation.identity import Acting
from workflow.errors import Invalid
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Choice, Field

#: The answer of every voice that was left blank and has none yet.
EVERYBODY_ELSE = "les_autres"
_CHOICES = tuple(Choice(key=key, label=label) for key, label in CHOIX.items())
_TEXTS = ("montant", "reserves")


def vote_fields(voices: Sequence[Voice]) -> tuple[Field, ...]:
    """The form of the votes of a room: a choice, an amount and réserves for each voice.

    `vu_N` is the version that was on screen: a vote changed since is not written over.
    """
    fields = [
        Field(
            key=EVERYBODY_ELSE,
            label="Toutes les voix sans réponse",
            type="choix",
            choices=_CHOICES,
            help="Quand la salle est unanime : un seul choix suffit.",
        )
    ]
    for each in voices:
        id, nom = each.membre.id, each.membre.nom
        fields += [
            Field(key=f"choix_{id}", label=nom, type="choix", choices=_CHOICES),
            Field(key=f"montant_{id}", label=f"Montant proposé par {nom}", type="montant"),
            Field(
                key=f"reserves_{id}",
                label=f"Réserves de {nom}",
                type="texte_long",
                longest=LONGEST,
            ),
            Field(key=f"vu_{id}", label=f"Version lue de {nom}", type="entier", minimum=0),
        ]
    return tuple(fields)


def enter_votes(
    session: Session,
    acting: Acting,
    seance_id: int,
    dossier_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
) -> int:
    """Keep the votes given aloud; how many were new or changed. Never commits.

    Raises NotFound, NotOnTheAgenda, VoteNotOpen, VoteClosed, Invalid with every fault.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    passage = read_passage(connection, subject, dossier_id)
    require_open(subject, passage, load_regles(subject.row["regles"]))
    voices = room_of(connection, subject).voices(dossier_id, now)
    values, faults = parse_fields(vote_fields(voices), raw, FIELD_TYPES)
    given = {row["membre_id"]: row for row in votes_of(connection, passage["id"])}
    changed = 0
    for voice in voices:
        vote = _vote(seance_id, dossier_id, voice, values, voice.membre.id in given)
        if vote is None or any(f"{key}_{voice.membre.id}" in faults for key in _TEXTS):
            continue
        try:
            changed += cast_vote(session, acting, vote, now).changed
        except VoteNotAllowed as error:
            faults.setdefault(f"choix_{voice.membre.id}", str(error))
        except Invalid as error:
            for key, sentence in error.faults.items():
                faults.setdefault(f"{key}_{voice.membre.id}", sentence)
    if faults:
        raise Invalid(faults)
    if not any(_said(values, voice) for voice in voices):
        raise Invalid({EVERYBODY_ELSE: "Aucun vote n’est indiqué : choisissez-en un au moins."})
    return changed


def _said(values: Mapping[str, Any], voice: Voice) -> bool:
    return bool(values.get(f"choix_{voice.membre.id}") or values.get(EVERYBODY_ELSE))


def _vote(
    seance_id: int, dossier_id: int, voice: Voice, values: Mapping[str, Any], has_voted: bool
) -> Vote | None:
    """What is said for one voice; None where nothing is, or where nobody can use it."""
    id, said = voice.membre.id, values.get(f"choix_{voice.membre.id}")
    alike = None if has_voted or voice.porteur is None else values.get(EVERYBODY_ELSE)
    choix = said or alike
    if not choix:
        return None
    favorable = choix in FAVORABLES
    return Vote(
        seance_id,
        dossier_id,
        id,
        choix,
        montant=values.get(f"montant_{id}") if favorable or said else None,
        reserves=values.get(f"reserves_{id}") or "",
        seen=values.get(f"vu_{id}"),
    )
