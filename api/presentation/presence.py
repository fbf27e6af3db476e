"""Whether a member comes: what is noted of him, and what he may say himself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from api.views.fields import Choice, FieldView
from api.views.hearings import Tone
from api.views.ma_seance import PresenceView
from api.wording import clock
from grants.comites.acces import Place
from grants.comites.answers import A_DISTANCE, EXCUSE_LUI, PART, VIENT
from grants.comites.assemblee import ABSENT, EXCUSE, PRESENT, REPRESENTE
from grants.comites.presences import BEFORE, OPEN_STAGES

_TONES: Mapping[str, Tone] = {
    PRESENT: "vert",
    REPRESENTE: "bleu",
    EXCUSE: "ocre",
    ABSENT: "pierre",
}


def presence_view(place: Place, url: str, faults: Mapping[str, str]) -> PresenceView:
    """The member's own presence."""
    row = place.room.presences.get(place.membre.id)
    gone = bool(row and row["depart"] is not None)
    return PresenceView(
        url=url,
        said=_said(place),
        tone="pierre" if gone or not row else _TONES[row["etat"]],
        answers=tuple(_answers(place, row["etat"] if row else "", gone=gone)),
        proxies=_proxies(place, faults),
        fault=" ".join(fault for key, fault in faults.items() if key != "pouvoir_a"),
    )


def _answers(place: Place, etat: str, *, gone: bool) -> Iterator[Choice]:
    """What he may say now: whoever is in the room was seen there by who runs the séance."""
    stage, there = place.subject.stage, etat == PRESENT and not gone
    away = etat in (EXCUSE, REPRESENTE)
    if stage in OPEN_STAGES and there:
        yield Choice(value=PART, label="Je quitte la séance")
    if stage in OPEN_STAGES and not there and place.regles.a_distance != "non":
        yield Choice(value=A_DISTANCE, label="Je participe à distance")
    if stage in BEFORE and away:
        yield Choice(value=VIENT, label="Je viendrai finalement")
    if stage in (*BEFORE, *OPEN_STAGES) and not etat:
        yield Choice(value=EXCUSE_LUI, label="Je ne pourrai pas venir")


def _said(place: Place) -> str:
    row = place.room.presences.get(place.membre.id)
    if row is None:
        return "Vous n’avez pas encore répondu"
    if row["etat"] == REPRESENTE:
        proxy = place.room.member(row["pouvoir_a_id"])
        return f"Vous avez donné votre pouvoir à {proxy.nom}" if proxy else "Représenté"
    if row["etat"] != PRESENT:
        return {EXCUSE: "Vous êtes excusé", ABSENT: "Vous êtes noté absent"}[row["etat"]]
    if row["depart"] is not None:
        return f"Parti à {clock(row['depart'])}"
    where = ", à distance" if row["a_distance"] else ""
    return f"Présent depuis {clock(row['arrivee'])}{where}"


def _proxies(place: Place, faults: Mapping[str, str]) -> FieldView | None:
    """To whom a pouvoir may be given; None where nobody gives any."""
    stages = (*BEFORE, *OPEN_STAGES)
    if not place.membre.votes or place.regles.pouvoirs == 0 or place.subject.stage not in stages:
        return None
    others = [each for each in place.room.membres if each.votes and each.id != place.membre.id]
    row = place.room.presences.get(place.membre.id)
    chosen = row["pouvoir_a_id"] if row else None
    return FieldView(
        name="pouvoir_a",
        label="Donner mon pouvoir à",
        type="personne",
        value=str(chosen or ""),
        choices=tuple(Choice(value=str(each.id), label=each.nom) for each in others),
        error=faults.get("pouvoir_a", ""),
    )
