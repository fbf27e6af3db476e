"""Ballots: one tap for each answer, and what may go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.views.fields import FieldView
from api.views.hearings import BallotView, ChoiceButton
from api.wording import clock
from grants.comites.acces import Place
from grants.comites.ballot_form import AMOUNT, BALLOT_FIELDS, COMMENT, CONDITIONS
from grants.comites.comptage import CHOIX, RESERVES
from grants.comites.member_sight import Hearing
from grants.comites.voices import Ballot
from workflow.fields import FIELD_TYPES
from workflow.money import format_amount
from workflow.pipeline import Field

_SHORT = {RESERVES: "Avec réserves"}


@dataclass(frozen=True, slots=True)
class Returned:
    """A ballot that came back: whose voice, what was typed, why it was not taken."""

    voice: int
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


def ballot_views(
    place: Place, hearing: Hearing, url: str, back: Returned | None
) -> tuple[BallotView, ...]:
    """Each voice that the member may use on a dossier."""
    return tuple(
        _ballot(place, hearing, each, url, back if back and back.voice == each.membre.id else None)
        for each in hearing.ballots
    )


def _ballot(
    place: Place, hearing: Hearing, ballot: Ballot, url: str, back: Returned | None
) -> BallotView:
    id = f"{hearing.dossier_id}-{ballot.membre.id}"
    fields = () if ballot.refusal else _fields(place, hearing)
    extras = tuple(_extra(each, ballot, hearing, id, back) for each in fields)
    secret = place.regles.is_secret
    return BallotView(
        id=id,
        url=url,
        voice=ballot.membre.id,
        version=ballot.version,
        proxy_of="" if ballot.own else ballot.membre.nom,
        refusal="" if hearing.is_closed else ballot.refusal,
        said=_said(ballot),
        fault=_fault(back, extras),
        choices=()
        if ballot.refusal
        else tuple(
            ChoiceButton(
                key=key,
                label=_SHORT.get(key, label),
                pressed=key == ballot.choix,
                asks=f"{id}-reserves" if key == RESERVES and not secret else "",
            )
            for key, label in CHOIX.items()
        ),
        extras=extras,
        open=back is not None or bool(ballot.reserves or ballot.commentaire),
    )


def _fields(place: Place, hearing: Hearing) -> tuple[Field, ...]:
    """What may go with a choice here: no text in a secret vote, no amount where none is asked."""
    return tuple(
        each
        for each in BALLOT_FIELDS
        if not (each in (CONDITIONS, COMMENT) and place.regles.is_secret)
        and not (
            each is AMOUNT
            and not (place.regles.montant_inferieur and hearing.told["montant_demande"])
        )
    )


def _extra(
    spec: Field, ballot: Ballot, hearing: Hearing, id: str, back: Returned | None
) -> FieldView:
    kept = getattr(ballot, spec.key) or None
    shown = FIELD_TYPES[spec.type].form(kept)
    value = shown if isinstance(shown, str) else ""
    amount = spec is AMOUNT
    return FieldView(
        name=spec.key,
        label=spec.label,
        type="montant" if amount else "texte_long",
        value=back.typed.get(spec.key, "") if back else value,
        help=spec.help,
        placeholder=format_amount(hearing.told["montant_demande"]).removesuffix("€").strip()
        if amount
        else "",
        error=back.faults.get(spec.key, "") if back else "",
        longest=spec.longest,
        scope=id,
        narrow=amount,
    )


def _fault(back: Returned | None, extras: tuple[FieldView, ...]) -> str:
    """What is wrong with the ballot as a whole: a fault that stands beside no field of it."""
    if back is None:
        return ""
    named = {each.name for each in extras}
    left = [fault for key, fault in back.faults.items() if key not in named]
    return " ".join(left)


def _said(ballot: Ballot) -> str:
    """« Favorable, 15 000 €, à 14 h 32 », what was voted and when."""
    if not ballot.version:
        return ""
    if not ballot.choix:  # a secret ballot, once sealed: nobody knows any more
        return "Vote enregistré"
    parts = [CHOIX[ballot.choix]]
    if ballot.montant:
        parts.append(format_amount(ballot.montant))
    if ballot.le is not None:
        parts.append(f"à {clock(ballot.le)}")
    said = ", ".join(parts)
    return f"{said} (donné à voix haute)" if ballot.saisi_par else said
