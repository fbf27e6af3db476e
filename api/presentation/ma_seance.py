"""The page of a member: his séance, his agenda, his ballots, as services tell of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import Connection

from api.guests import Guest
from api.guides import SEANCE_PATH
from api.presentation.hearings import Back, entry
from api.presentation.presence import presence_view
from api.views.chrome import Link
from api.views.ma_seance import MaSeancePage
from grants.comites.acces import Place
from grants.comites.member_sight import Hearing, hearings_of
from grants.comites.membres import DELIBERATIVE
from grants.comites.queries import seance_name
from workflow.engine import Engine


def ma_seance(
    connection: Connection, engine: Engine, guest: Guest, back: Back | None = None
) -> MaSeancePage:
    """The whole page."""
    place, row = guest.place, guest.place.subject.row
    hearings = hearings_of(connection, place, guest.now)
    entries = tuple(entry(guest, each, number, back) for number, each in enumerate(hearings, 1))
    ballots = [ballot for each in hearings for ballot in each.ballots]
    pipeline = engine.machine(place.subject).pipeline
    url = f"{SEANCE_PATH}/{place.subject.id}"
    faults = back.faults if back is not None and back.dossier_id is None else {}
    return MaSeancePage(
        organisme=guest.organisme_nom,
        title=seance_name(row),
        at=row["tenue_le"],
        lieu=row["lieu"],
        visio=row["lien_visio"],
        stage=pipeline.stage(place.subject.stage).label,
        nom=place.membre.nom,
        capacity=_capacity(place),
        rules=_rules(place),
        presence=presence_view(place, f"{url}/presence", faults),
        entries=entries,
        voted=sum(each.version > 0 for each in ballots),
        to_vote=len(ballots),
        waiting=sum(each.version == 0 and not each.refusal for each in ballots),
        url=url,
        look_url=f"{url}?vu={(seen := _seen(place, hearings))}",
        seen=seen,
        leave_url=f"{url}/quitter",
        chair=Link(label="Présider la séance", url=f"{url}/presidence")
        if place.siege.preside
        else None,
    )


def _capacity(place: Place) -> str:
    """« Associations, voix délibérative, suppléant de Lou Delmas »."""
    member = place.membre
    voice = "délibérative" if member.voix == DELIBERATIVE else "consultative"
    words = [member.structure, member.college, f"voix {voice}"]
    titular = place.room.member(member.suppleant_de_id) if member.suppleant_de_id else None
    if titular is not None:
        words.append(f"à la place de {titular.nom} en son absence")
    if place.siege.preside:
        words.append("vous présidez")
    return ", ".join(filter(None, words))


def _rules(place: Place) -> tuple[str, ...]:
    """What a member must know of the rules before he votes."""
    regles = place.regles
    ballot = "Scrutin nominatif : le procès-verbal dira ce que chacun a voté."
    if regles.is_secret:
        ballot = "Scrutin secret : personne ne saura ce que vous avez voté, ni pendant, ni après."
    remote = {
        "non": "On vote dans la salle.",
        "pendant": "On vote pendant la séance, dans la salle ou à distance.",
        "avant": "On vote dès maintenant, et jusqu’à la clôture de chaque vote.",
    }
    return ballot, remote[regles.a_distance]


def _seen(place: Place, hearings: Sequence[Hearing]) -> str:
    """What tells this sight from the next: another one only when something is to be seen."""
    presence = place.room.presences.get(place.membre.id) or {}
    told = [
        place.subject.stage,
        place.subject.lock_version,
        str(presence.get("etat")),
        str(presence.get("depart")),
        [
            [
                each.dossier_id,
                each.passage["etat"],
                each.aside,
                each.suggestion,
                each.decision and [each.decision["retenue"], each.decision["montant"]],
                [[ballot.membre.id, ballot.version, ballot.refusal] for ballot in each.ballots],
            ]
            for each in hearings
        ],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
