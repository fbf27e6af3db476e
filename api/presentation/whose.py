"""Whose morning « Aujourd'hui » shows, and what it says when there is nothing in it."""

from __future__ import annotations

from dataclasses import dataclass

from api.presentation.fields import Asking
from api.presentation.taches import HOME
from api.views.chrome import Link
from api.views.fields import Choice, FieldView
from api.views.listing import EmptyState, Tab
from grants.dossiers import awaiting
from grants.dossiers.filters import NOBODY
from grants.organisation.identity import Identity
from grants.organisation.roles import ASSISTANT, CHARGE_DE_MISSION, DIRECTION

EVERYBODY, NOT_TAKEN = "tous", "personne"
WHOSE = "pour"
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose morning it is: `word` as the address says it, `id` as the queries take it."""

    word: str
    id: int | None

    @property
    def url(self) -> str:
        """The page again, for the same person."""
        return f"{HOME}?{WHOSE}={self.word}" if self.word else HOME


def read_whose(word: str, identity: Identity) -> Whose:
    """Whose morning an address asks for; one's own when it says nothing that can be read.

    Who is in charge of no dossier by role (the direction, the lecteur) begins with everybody's.
    """
    if word == EVERYBODY:
        return Whose(word, None)
    if word == NOT_TAKEN:
        return Whose(word, NOBODY)
    if word.isascii() and word.isdigit() and len(word) <= _MOST_DIGITS:
        return Whose(word, int(word))
    mine = word == "moi" or identity.role in (CHARGE_DE_MISSION, ASSISTANT)
    if mine and identity.compte_id is not None and identity.may_write:
        return Whose(word, identity.compte_id)
    return Whose("", None)


def whose_tabs(whose: Whose, identity: Identity) -> tuple[Tab, ...]:
    """One's own, everybody's, nobody's."""
    mine = Tab(
        label="Ce qui m’attend",
        url=f"{HOME}?{WHOSE}=moi",
        present=whose.id is not None and whose.id == identity.compte_id,
    )
    shared = (
        Tab(label="Tout le monde", url=f"{HOME}?{WHOSE}={EVERYBODY}", present=whose.id is None),
        Tab(label="À prendre", url=f"{HOME}?{WHOSE}={NOT_TAKEN}", present=whose.id == NOBODY),
    )
    return (mine, *shared) if identity.may_write else shared


def colleague_choice(whose: Whose, identity: Identity, people: list[tuple[int, str]]) -> FieldView:
    """Another person of the organisme."""
    others = [each for each in people if each[0] != identity.compte_id]
    return FieldView(
        name=WHOSE,
        label="Un collègue",
        type="choix",
        value=str(whose.id) if whose.id else "",
        choices=tuple(Choice(value=str(id), label=nom) for id, nom in others),
        placeholder="Un collègue…",
        scope="matin",
    )


def nothing_awaits(asking: Asking, identity: Identity, whose: Whose, has_done: bool) -> EmptyState:
    """Nothing to do: why, and what comes next."""
    connection, organisme_id = asking.connection, asking.organisme_id
    new = Link(label="Nouveau contact", url="/dossiers/nouveau") if identity.may_write else None
    board = Link(label="Voir le tableau", url="/tableau")
    if not awaiting.has_dossiers(connection, organisme_id, None):
        team = Link(label="Inviter l’équipe", url="/parametres/equipe")
        return EmptyState(
            title="Bienvenue",
            text="Un dossier commence par une prise de contact : un nom, un moyen de rappeler. "
            "Ce qu'il y aura à faire ensuite s'écrira ici, jour après jour.",
            action=new,
            other=team if identity.role == DIRECTION else None,
        )
    if whose.id and not has_done and not awaiting.has_dossiers(connection, organisme_id, whose.id):
        mine = whose.id == identity.compte_id
        return EmptyState(
            title="Aucun dossier confié" if mine else "Aucun dossier ici",
            text="Ouvrez un dossier et choisissez-vous comme référent : ses dates et ses suites "
            "viendront ici."
            if mine
            else "Cette personne n'a la charge d'aucun dossier, ni aucune tâche à faire.",
            icon="personnes",
            action=board,
            other=Link(label="Ce qui attend tout le monde", url=f"{HOME}?{WHOSE}={EVERYBODY}"),
        )
    return EmptyState(
        title="Rien n’attend",
        text="Ni date, ni tâche, ni dossier à relancer dans les sept jours.",
        icon="abouti",
        action=board,
        other=new,
    )
