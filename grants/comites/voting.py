"""Votes: given, changed until the closing, by the voice's own holder or, aloud, by the chargé.

Named: the journal keeps each version of each vote. Secret: it keeps a salted digest, and at the
closing nothing is left that leads from a voice to its ballot.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import Session

from grants.comites.agenda import read_passage
from grants.comites.assemblee import PRESENT, Room, Voice, room_of
from grants.comites.chain import record
from grants.comites.comptage import CHOIX, FAVORABLES, RESERVES
from grants.comites.errors import SeanceRefused, VoteClosed, VoteNotAllowed, VoteNotOpen
from grants.comites.reading import read_sitting
from grants.comites.regles import Regles, load_regles
from grants.comites.sieges import Siege
from grants.comites.tables import Bulletin, Emargement, Passage
from grants.comites.vocabulary import ATTENDU, CLOS, OUVERT
from grants.dossiers.tables import Dossier
from grants.organisation.identity import Acting
from workflow.database import table_of
from workflow.dates import format_datetime
from workflow.errors import Invalid
from workflow.journal import canonical
from workflow.money import format_amount
from workflow.subject import Subject
from workflow.texts import TextFault, clean_text

_E, _B, _P, _D = (
    table_of(Emargement),
    table_of(Bulletin),
    table_of(Passage),
    table_of(Dossier),
)
LONGEST = 1000
CHANGED_MEANWHILE = "Ce vote a été changé entre-temps. Relisez-le, puis recommencez si besoin."
_HIS_OWN = "{nom} a voté depuis son écran : lui seul change son vote, jusqu’à la clôture."


@dataclass(frozen=True, slots=True)
class Vote:
    """What one voice says on one dossier. `membre_id` is the voice; `montant` in cents.

    `seen`: the version of this voice's vote that was on screen, 0 where there was none.
    """

    seance_id: int
    dossier_id: int
    membre_id: int
    choix: str
    montant: int | None = None
    reserves: str = ""
    commentaire: str = ""
    seen: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A vote as it was kept: its version, and whether anything changed."""

    version: int
    changed: bool


def open_vote(
    session: Session, acting: Acting, seance_id: int, dossier_id: int, now: datetime
) -> bool:
    """Begin the vote on a dossier. False if it had begun. Never commits.

    Raises NotFound, NotOnTheAgenda, VoteNotOpen (the séance is not), VoteClosed.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    passage = read_passage(connection, subject, dossier_id)
    if passage["etat"] == CLOS:
        raise VoteClosed(quand=format_datetime(passage["clos_le"]))
    if passage["etat"] == OUVERT:
        return False
    if subject.stage != "ouverte":
        raise VoteNotOpen
    began = update(_P).where(_P.c.id == passage["id"]).values(etat=OUVERT, ouvert_le=now)
    connection.execute(began)
    record(connection, subject, acting, "vote_ouvert", {"dossier": dossier_id}, now)
    return True


def cast_vote(session: Session, acting: Acting, vote: Vote, now: datetime) -> Received:
    """Keep a vote, or its change. The same vote again changes nothing. Never commits.

    Raises NotFound, NotOnTheAgenda, VoteNotOpen, VoteClosed, VoteNotAllowed, Invalid.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, vote.seance_id, lock=True)
    passage = read_passage(connection, subject, vote.dossier_id)
    regles = load_regles(subject.row["regles"])
    require_open(subject, passage, regles)
    room = room_of(connection, subject)
    voice = _voice_for(room, acting, vote, regles, now)
    ballot = _read_ballot(connection, vote, regles)
    known = _known(connection, passage["id"], voice.membre.id)
    if known is not None and _is_same(known, ballot, regles):
        return Received(known["version"], changed=False)
    if vote.seen is not None and vote.seen != (known["version"] if known else 0):
        raise VoteNotAllowed(raison=CHANGED_MEANWHILE)
    version = (passage["version_retiree"] if known is None else known["version"]) + 1
    by = _user(voice, acting)
    spoken = None if isinstance(acting, Siege) else acting.nom
    if spoken is not None and known is not None and known["saisi_par"] is None:
        raise VoteNotAllowed(raison=_HIS_OWN.format(nom=voice.membre.nom))
    salt = secrets.token_hex(32)
    used = {"par_id": by, "saisi_par": spoken, "version": version, "le": now}
    _store(connection, passage, voice, known, ballot, used, salt)
    told: dict[str, Any] = {
        "dossier": vote.dossier_id,
        "voix": voice.membre.id,
        "nom": voice.membre.nom,
        "par": by,
        "version": version,
    }
    if regles.is_secret:
        told["empreinte"] = ballot_digest(salt, ballot["choix"], ballot["montant"])
    else:
        told |= ballot | {"saisi_par": spoken}
    record(connection, subject, acting, "vote_recu", told, now, vote.key)
    return Received(version, changed=True)


def ballot_digest(salt: str, choix: str, montant: int | None) -> str:
    """What the journal of a secret vote holds: nobody finds a ballot from it without the salt."""
    return hashlib.sha256(
        (salt + canonical({"choix": choix, "montant": montant})).encode()
    ).hexdigest()


def forget_votes_of(
    connection: Connection, subject: Subject, dossier_id: int, membre_id: int
) -> None:
    """Who steps aside no longer counts: his vote, and those he gave for others, are taken out."""
    passages = select(_P.c.id).where(_P.c.seance_id == subject.id, _P.c.dossier_id == dossier_id)
    ids = (
        connection.execute(
            select(_E.c.id).where(
                _E.c.passage_id.in_(passages),
                (_E.c.membre_id == membre_id) | (_E.c.par_id == membre_id),
            )
        )
        .scalars()
        .all()
    )
    connection.execute(delete(_B).where(_B.c.emargement_id.in_(ids)))
    connection.execute(delete(_E).where(_E.c.id.in_(ids)))


def votes_of(connection: Connection, passage_id: int) -> list[dict[str, Any]]:
    """Every vote kept on a passage, with the voice it is of, while that is known."""
    query = (
        select(
            _E.c.id.label("emargement_id"),
            _E.c.membre_id,
            _E.c.par_id,
            _E.c.saisi_par,
            _E.c.version,
            _E.c.le,
            _B.c.id.label("bulletin_id"),
            _B.c.choix,
            _B.c.montant,
            _B.c.reserves,
            _B.c.commentaire,
        )
        .join(_B, _B.c.emargement_id == _E.c.id)
        .where(_E.c.passage_id == passage_id)
        .order_by(_E.c.membre_id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def why_not(
    subject: Subject,
    passage: dict[str, Any],
    room: Room,
    siege: Siege,
    membre_id: int,
    now: datetime,
) -> str:
    """Why a member cannot use a voice on a dossier now, in one sentence; empty when he can."""
    regles = load_regles(subject.row["regles"])
    vote = Vote(subject.id, passage["dossier_id"], membre_id, "")
    try:
        require_open(subject, passage, regles)
        _voice_for(room, siege, vote, regles, now)
    except SeanceRefused as refused:
        return str(refused)
    return ""


def signed_of(connection: Connection, passage_id: int) -> frozenset[int]:
    """The voices that were used on a passage: known even where no ballot is anybody's."""
    query = select(_E.c.membre_id).where(_E.c.passage_id == passage_id)
    return frozenset(connection.execute(query).scalars())


def sealed_ballots(connection: Connection, passage_id: int) -> list[dict[str, Any]]:
    """The ballots of a secret vote once closed: choices and amounts, in the order of chance."""
    query = select(_B.c.choix, _B.c.montant).where(
        _B.c.passage_id == passage_id, _B.c.ordre.is_not(None)
    )
    return [dict(row) for row in connection.execute(query.order_by(_B.c.ordre)).mappings()]


def require_open(subject: Subject, passage: dict[str, Any], regles: Regles) -> None:
    """Raises VoteClosed, VoteNotOpen."""
    if passage["etat"] == CLOS:
        raise VoteClosed(quand=format_datetime(passage["clos_le"]))
    in_advance = (
        passage["etat"] == ATTENDU
        and regles.a_distance == "avant"
        and subject.stage in ("convoquee", "ouverte")
    )
    if passage["etat"] != OUVERT and not in_advance:
        raise VoteNotOpen


def _voice_for(room: Room, acting: Acting, vote: Vote, regles: Regles, now: datetime) -> Voice:
    """The voice that this vote uses. Raises VoteNotAllowed with the reason."""
    member = room.member(vote.membre_id)
    if member is None:
        _no("Ce membre n’est pas en fonction le jour de la séance : son mandat est terminé.")
    if not member.votes:
        _no(f"{member.nom} siège avec voix consultative : cette voix ne vote pas.")
    if room.stepped_aside(member.id, vote.dossier_id):
        _no(f"{member.nom} s’est déporté sur ce dossier.")
    voice = next(
        (
            each
            for each in room.voices(vote.dossier_id, now)
            if member.id in (each.titulaire.id, each.membre.id)
        ),
        None,
    )
    if voice is None and member.suppleant_de_id is not None:
        _no("Le titulaire est là, représenté, ou s’est déporté : son suppléant ne vote pas.")
    if voice is None:
        _no("Cette voix s’est déportée sur ce dossier.")
    if voice.membre.id != member.id:
        _no(f"{voice.membre.nom} vote à la place de {member.nom}.")
    return _allowed(voice, acting, regles)


def _allowed(voice: Voice, acting: Acting, regles: Regles) -> Voice:
    if isinstance(acting, Siege):
        own = acting.membre_id == voice.membre.id
        if not own and (voice.porteur is None or voice.porteur.id != acting.membre_id):
            _no("Vous ne pouvez voter que pour vous, ou pour qui vous a donné son pouvoir.")
        if own and voice.etat != PRESENT and regles.a_distance == "non":
            _no("Ce comité vote dans la salle : faites noter votre présence d’abord.")
        if own and voice.etat == "represente":
            _no("Vous avez donné votre pouvoir : faites noter votre présence d’abord.")
        return voice
    if regles.is_secret:
        _no("Le scrutin est secret : chacun vote lui-même, personne ne saisit pour un autre.")
    if voice.porteur is None:
        _no(f"{voice.membre.nom} n’est ni présent, ni représenté.")
    return voice


def _no(reason: str) -> NoReturn:
    raise VoteNotAllowed(raison=reason)


def _user(voice: Voice, acting: Acting) -> int:
    if isinstance(acting, Siege):
        return acting.membre_id
    return voice.porteur.id if voice.porteur is not None else voice.membre.id


def _read_ballot(connection: Connection, vote: Vote, regles: Regles) -> dict[str, Any]:
    """Choice, amount and texts, checked against the dossier. Raises Invalid with every fault."""
    faults: dict[str, str] = {}
    if vote.choix not in CHOIX:
        faults["choix"] = f"Choisissez l’un de ces votes : {', '.join(CHOIX.values())}."
    texts = {}
    for key, typed in (("reserves", vote.reserves), ("commentaire", vote.commentaire)):
        try:
            texts[key] = clean_text(typed or "", longest=LONGEST, multiline=True)
        except TextFault as fault:
            faults[key] = str(fault)
    if regles.is_secret and (vote.commentaire or vote.reserves):
        faults["commentaire"] = "Le scrutin est secret : un texte trahirait son auteur."
    if vote.choix != RESERVES and vote.reserves:
        faults["reserves"] = "Des réserves accompagnent un vote « favorable avec réserves »."
    if vote.choix == RESERVES and not vote.reserves and not regles.is_secret:
        faults["reserves"] = "Écrivez vos réserves : elles deviendront des conditions."
    if vote.montant is not None and (fault := _amount_fault(connection, vote, regles)):
        faults["montant"] = fault
    if faults:
        raise Invalid(faults)
    return {"choix": vote.choix, "montant": vote.montant, **texts}


def _amount_fault(connection: Connection, vote: Vote, regles: Regles) -> str:
    """A vote names an amount above zero, within what was asked and the cap."""
    amount = vote.montant or 0
    if vote.choix not in FAVORABLES:
        return "Un montant accompagne un vote favorable."
    query = select(_D.c.montant_demande, _D.c.plafond).where(_D.c.id == vote.dossier_id)
    row = connection.execute(query).one()
    if amount <= 0:
        return "Le montant doit être supérieur à zéro."
    if row.montant_demande is not None and amount > row.montant_demande:
        return f"Le montant dépasse l’aide demandée ({format_amount(row.montant_demande)})."
    if row.plafond is not None and amount > row.plafond:
        return f"Le montant dépasse le plafond ({format_amount(row.plafond)})."
    if not regles.montant_inferieur and amount != row.montant_demande:
        return "Ce comité accorde l’aide demandée, ou rien : laissez le montant vide."
    return ""


def _known(connection: Connection, passage_id: int, membre_id: int) -> dict[str, Any] | None:
    query = (
        select(
            *(_E.c.id, _E.c.version, _E.c.saisi_par),
            *(_B.c.choix, _B.c.montant, _B.c.reserves, _B.c.commentaire),
        )
        .outerjoin(_B, _B.c.emargement_id == _E.c.id)
        .where(_E.c.passage_id == passage_id, _E.c.membre_id == membre_id)
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def _is_same(known: dict[str, Any], ballot: dict[str, Any], regles: Regles) -> bool:
    keys = ("choix", "montant") if regles.is_secret else tuple(ballot)
    return all(known[key] == ballot[key] for key in keys)


def _store(
    connection: Connection,
    passage: dict[str, Any],
    voice: Voice,
    known: dict[str, Any] | None,
    ballot: dict[str, Any],
    used: dict[str, Any],
    salt: str,
) -> None:
    place = {"organisme_id": passage["organisme_id"], "passage_id": passage["id"]}
    if known is None:
        row = {**place, **used, "membre_id": voice.membre.id}
        added = insert(_E).values(**row).returning(_E.c.id)
        signed = connection.execute(added).scalar_one()
    else:
        signed = known["id"]
        again = update(_E).where(_E.c.id == signed)
        connection.execute(again.values(**used))
        connection.execute(delete(_B).where(_B.c.emargement_id == signed))
    connection.execute(insert(_B).values(**place, **ballot, emargement_id=signed, sel=salt))
