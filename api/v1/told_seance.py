"""A séance held as the API tells it: what may not be seen yet is not told either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.v1.contract import Call
from api.v1.shapes.decisions import DecisionComite
from api.v1.shapes.seances_tenues import Presences
from api.v1.shapes.votes import Decompte, PassageSeance, PassageVotes, VoixVotee
from grants.comites.agenda import read_passage
from grants.comites.assemblee import Voice
from grants.comites.comptage import Comptage
from grants.comites.mots import Mots
from grants.comites.reading import read_sitting
from grants.comites.sight import Item, Sight, may_see_count, sight_of
from grants.comites.voting import signed_of, votes_of
from workflow.errors import NotFound


def seen(call: Call) -> Sight:
    """The séance of the address. Raises NotFound."""
    subject = read_sitting(call.connection, call.organisme_id, call.id("seance_id"), lock=False)
    return sight_of(call.connection, call.house.engine, subject, call.now)


def item_of(call: Call, sight: Sight) -> Item:
    """The dossier of the address, at that séance. Raises NotFound, NotOnTheAgenda."""
    item = sight.item(call.id("dossier_id"))
    if item is None:
        read_passage(call.connection, sight.subject, call.id("dossier_id"))
        raise NotFound
    return item


def told_passage(sight: Sight, item: Item) -> PassageSeance:
    """One dossier of the agenda."""
    told, passage = item.told, item.passage
    return {
        "dossier_id": item.dossier_id,
        "reference": told["reference"],
        "titre": told["titre"] or "",
        "structure": told["structure"],
        "montant_demande": told["montant_demande"],
        "prevu_a": item.at,
        "minutes": item.minutes,
        "note": passage["note"],
        "avis_charge": passage["avis_charge"],
        "vigilance": passage["vigilance"],
        "etat": item.etat,
        "votes_recus": item.received,
        "votes_attendus": item.expected,
        "decompte": None if item.count is None else _count(item.count),
        "deports": list(item.aside),
        "decision": None if item.decision is None else _decision(sight.regles.mots, item.decision),
    }


def told_votes(call: Call, sight: Sight, item: Item) -> PassageVotes:
    """One dossier, voice by voice."""
    given = {row["membre_id"]: row for row in votes_of(call.connection, item.passage["id"])}
    signed = signed_of(call.connection, item.passage["id"])
    at = item.passage["clos_le"] or sight.now
    voices = sight.room.voices(item.dossier_id, at)
    return {
        "passage": told_passage(sight, item),
        "voix": [
            _voice(sight, item, each, given.get(each.membre.id))
            | {"a_vote": each.membre.id in signed}
            for each in voices
        ],
    }


def told_presences(sight: Sight) -> Presences:
    """Everybody of the comité, with what is noted."""
    room = sight.room
    empty: Mapping[str, Any] = {"etat": None, "arrivee": None, "depart": None}
    rows = {each.id: room.presences.get(each.id, empty) for each in room.membres}
    return {
        "preside": sight.subject.row["preside_id"],
        "presences": [
            {
                "membre": {"id": each.id, "nom": each.nom},
                "etat": rows[each.id]["etat"],
                "arrivee": rows[each.id]["arrivee"],
                "depart": rows[each.id]["depart"],
                "a_distance": bool(rows[each.id].get("a_distance")),
                "pouvoir_a": rows[each.id].get("pouvoir_a_id"),
            }
            for each in room.membres
        ],
    }


def _voice(sight: Sight, item: Item, voice: Voice, row: Mapping[str, Any] | None) -> VoixVotee:
    """A vote that its member gave himself is not read before the closing, nor a secret one ever."""
    regles, member = sight.regles, voice.membre
    by_himself = row is not None and row["saisi_par"] is None
    hidden = regles.is_secret or (by_himself and not may_see_count(regles, item.etat))
    shown = row if row is not None and not hidden else None
    return {
        "membre": {"id": member.id, "nom": member.nom},
        "a_vote": row is not None,
        "choix": shown["choix"] if shown else None,
        "montant": shown["montant"] if shown else None,
        "reserves": shown["reserves"] if shown else "",
        "version": row["version"] if row else 0,
    }


def _count(count: Comptage) -> Decompte:
    return {
        "base": count.base,
        "presents": count.presents,
        "representes": count.representes,
        "quorum_atteint": count.quorum_atteint,
        "favorables": count.favorables,
        "defavorables": count.defavorables,
        "ajournements": count.ajournements,
        "abstentions": count.abstentions,
        "issue": count.issue,
        "voix_preponderante": count.preponderante,
        "montant": count.montant,
    }


def _decision(mots: Mots, row: Mapping[str, Any]) -> DecisionComite:
    return {
        "proposee": row["proposee"],
        "retenue": row["retenue"],
        "libelle": mots.issue(row["retenue"], reserves=bool(row["reserves"])),
        "montant": row["montant"],
        "motif": row["motif"],
        "confirmee_par": row["confirmee_par"],
        "confirmee_le": row["confirmee_le"],
        "appliquee_le": row["appliquee_le"],
        "reserves": [
            {
                "id": each["id"],
                "texte": each["texte"],
                "levee_le": each["levee_le"],
                "levee_par": each["levee_par"],
            }
            for each in row["reserves"]
        ],
    }
