"""What a comité decided on a dossier: proposed by the count, confirmed or motivated otherwise.

Where the comité only advises, its avis is kept the same way, and the organisme decides afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import Session

from grants.comites.agenda import read_passage
from grants.comites.chain import record
from grants.comites.closing import bounds_of, load_count
from grants.comites.comptage import AJOURNE, REFUSE, RETENU, Bornes, Comptage
from grants.comites.errors import DecisionRefused, SeanceOver
from grants.comites.mots import Mots
from grants.comites.reading import read_sitting
from grants.comites.regles import Regles, load_regles
from grants.comites.sieges import PRESIDE, Siege
from grants.comites.tables import Decision, Reserve
from grants.comites.vocabulary import CLOS
from grants.dossiers.advance import settle
from grants.dossiers.reading import read_subject
from grants.dossiers.tables import Dossier
from grants.organisation.identity import Acting, Identity
from grants.organisation.roles import CHARGE_DE_MISSION, DIRECTION
from workflow.database import table_of
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.money import format_amount
from workflow.subject import Subject
from workflow.texts import TextFault, clean_text

_X, _R, _D = table_of(Decision), table_of(Reserve), table_of(Dossier)
ISSUES = (RETENU, AJOURNE, REFUSE)
LONGEST, MOST_RESERVES = 2000, 20
_STAGES = ("ouverte", "close")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided of a dossier. `montant` in cents, for `retenu` alone.

    `motif` is owed for a refusal, an adjournment, and whatever departs from the count.
    """

    seance_id: int
    dossier_id: int
    retenue: str
    montant: int | None = None
    motif: str = ""
    reserves: Sequence[str] = ()
    key: str | None = None


def decide(
    session: Session, engine: Engine, acting: Acting, verdict: Verdict, now: datetime
) -> dict[str, Any]:
    """Keep the decision on a dossier whose vote is closed; a new one replaces it until applied.

    The person presiding decides, or the chargé or the direction who writes for her. Never commits.
    Raises NotFound, NotOnTheAgenda, DecisionRefused, SeanceOver, Invalid with every fault.
    """
    connection = session.connection()
    # The dossier first, like whoever moves it: two that wait for each other never end.
    mine = acting.organisme_id
    dossier = read_subject(connection, engine, mine, verdict.dossier_id, lock=True)
    subject = read_sitting(connection, mine, verdict.seance_id, lock=True)
    if subject.stage not in _STAGES:
        raise SeanceOver
    regles = load_regles(subject.row["regles"])
    _require_president(acting, regles.mots)
    passage = read_passage(connection, subject, verdict.dossier_id)
    if passage["etat"] != CLOS:
        raise DecisionRefused(raison="Le vote sur ce dossier n’est pas clos : closez-le d’abord.")
    counted = load_count(passage["resultat"])
    if not counted.quorum_atteint:
        raise DecisionRefused(raison=regles.mots.sans_quorum)
    _require_not_applied(connection, subject, verdict.dossier_id)
    bornes = bounds_of(connection, engine, subject, verdict.dossier_id)
    row = _read(verdict, counted, regles, bornes, acting)
    reserves = _read_reserves(verdict, regles.mots)
    known = decision_of(connection, subject.id, verdict.dossier_id)
    place = {
        "organisme_id": subject.tenant_id,
        "seance_id": subject.id,
        "dossier_id": verdict.dossier_id,
    }
    written = {**row, "confirmee_par": acting.nom, "confirmee_le": now}
    id = _write(connection, place, written, known)
    _write_reserves(connection, subject.tenant_id, id, reserves)
    told = {"dossier": verdict.dossier_id, **row, "reserves": reserves, "par": acting.nom}
    record(connection, subject, acting, regles.mots.event, told, now, verdict.key)
    settle(session, engine, dossier, now)
    return {**place, **written, "id": id, "reserves": reserves}


def decision_of(connection: Connection, seance_id: int, dossier_id: int) -> dict[str, Any] | None:
    """The decision of a séance on a dossier."""
    query = select(*_X.c).where(_X.c.seance_id == seance_id, _X.c.dossier_id == dossier_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def decisions_of(connection: Connection, seance_id: int) -> dict[int, dict[str, Any]]:
    """Every decision of a séance, by dossier, each with its `reserves`."""
    query = select(*_X.c).where(_X.c.seance_id == seance_id)
    found = {row["dossier_id"]: dict(row) for row in connection.execute(query).mappings()}
    by_id = {row["id"]: row for row in found.values()}
    for row in by_id.values():
        row["reserves"] = []
    reserves = select(*_R.c).where(_R.c.decision_id.in_(by_id)).order_by(_R.c.rang)
    for each in connection.execute(reserves).mappings():
        by_id[each["decision_id"]]["reserves"].append(dict(each))
    return found


def reserves_of(connection: Connection, seance_id: int, dossier_id: int) -> list[dict[str, Any]]:
    """The conditions of the decision on a dossier, lifted or not."""
    query = (
        select(*_R.c)
        .join(_X, _X.c.id == _R.c.decision_id)
        .where(_X.c.seance_id == seance_id, _X.c.dossier_id == dossier_id)
        .order_by(_R.c.rang)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _require_president(acting: Acting, mots: Mots) -> None:
    """Raises DecisionRefused for a member who does not preside, ReadOnly for a reader."""
    if isinstance(acting, Siege) and acting.role != PRESIDE:
        raise DecisionRefused(raison=mots.qui_confirme)
    if isinstance(acting, Identity):
        acting.require_writer()
        if acting.role not in (DIRECTION, CHARGE_DE_MISSION):
            raise DecisionRefused(raison=mots.qui_ecrit)


def _require_not_applied(connection: Connection, subject: Subject, dossier_id: int) -> None:
    """A decision that has moved its dossier is changed no more. Raises DecisionRefused."""
    query = select(_D.c.seance_id, _D.c.pipeline, _D.c.stage).where(_D.c.id == dossier_id)
    row = connection.execute(query).one()
    here = row.seance_id == subject.id
    if not here:
        raise DecisionRefused(raison="Ce dossier n’est plus inscrit à cette séance.")
    if is_applied(connection, subject.id, dossier_id):
        raise DecisionRefused(raison="Cette décision est déjà appliquée : elle ne change plus.")


def is_applied(connection: Connection, seance_id: int, dossier_id: int) -> bool:
    """Whether the dossier has moved by what this séance decided of it."""
    query = select(_X.c.appliquee_le).where(
        _X.c.seance_id == seance_id, _X.c.dossier_id == dossier_id
    )
    return connection.execute(query).scalar() is not None


def _read(
    verdict: Verdict,
    counted: Comptage,
    regles: Regles,
    bornes: Bornes | None,
    acting: Acting,
) -> dict[str, Any]:
    faults: dict[str, str] = {}
    mots = regles.mots
    if verdict.retenue not in ISSUES:
        faults["retenue"] = f"{mots.choisir} : {', '.join(mots.issues.values())}."
    try:
        motif = clean_text(verdict.motif or "", longest=LONGEST, multiline=True)
    except TextFault as fault:
        motif, faults["motif"] = "", str(fault)
    montant = verdict.montant
    if verdict.retenue == RETENU:
        montant = counted.montant if montant is None else montant
        if fault := _amount_fault(montant, regles, bornes, acting, motif):
            faults["montant"] = fault
    elif montant is not None:
        faults["montant"] = mots.montant_seul
    departs = verdict.retenue != counted.issue or (
        verdict.retenue == RETENU and montant != counted.montant
    )
    if not motif and "motif" not in faults and (departs or verdict.retenue != RETENU):
        faults["motif"] = mots.ecart if departs else "Indiquez le motif : le porteur le lira."
    if faults:
        raise Invalid(faults)
    return {
        "proposee": counted.issue,
        "retenue": verdict.retenue,
        "montant_propose": counted.montant,
        "montant": montant,
        "motif": motif,
    }


def _amount_fault(
    montant: int | None, regles: Regles, bornes: Bornes | None, acting: Acting, motif: str
) -> str:
    """Why an amount cannot be granted, with what it exceeds. An avis may name none."""
    if not regles.mots.decides:
        return _unwise(montant, bornes)
    if bornes is None:
        return "Le dossier ne dit pas combien il demande : complétez son plan de financement."
    if not montant or montant < 0:
        return "Indiquez un montant accordé supérieur à zéro."
    return _beyond(montant, regles, bornes) or _beyond_enveloppe(
        montant, regles, bornes, acting, motif
    )


def _unwise(montant: int | None, bornes: Bornes | None) -> str:
    """Why an avis cannot name an amount: it grants nothing, so no enveloppe bounds it."""
    if montant is None:
        return ""
    if montant <= 0:
        return "Indiquez un montant supérieur à zéro, ou laissez ce champ vide."
    return _beyond(montant, Regles(), bornes) if bornes else ""


def _beyond(montant: int, regles: Regles, bornes: Bornes) -> str:
    if montant > bornes.demande:
        return f"Le montant dépasse l’aide demandée ({format_amount(bornes.demande)})."
    if bornes.plafond is not None and montant > bornes.plafond:
        return f"Le montant dépasse le plafond ({format_amount(bornes.plafond)})."
    if not regles.montant_inferieur and montant != bornes.demande:
        return "Ce comité accorde l’aide demandée, ou rien."
    return ""


def _beyond_enveloppe(
    montant: int, regles: Regles, bornes: Bornes, acting: Acting, motif: str
) -> str:
    if bornes.reste is None or montant <= bornes.reste:
        return ""
    left = f"Il reste {format_amount(max(0, bornes.reste))} dans l’enveloppe"
    if not regles.depassement:
        return f"{left} : réduisez le montant."
    if getattr(acting, "role", "") != DIRECTION:
        return f"{left} : seule la direction peut la dépasser."
    return "" if motif else f"{left} : pour la dépasser, écrivez le motif."


def _read_reserves(verdict: Verdict, mots: Mots) -> list[str]:
    given = [each for each in verdict.reserves if each and each.strip()]
    if len(given) > MOST_RESERVES:
        raise Invalid({"reserves": f"{MOST_RESERVES} réserves au plus."})
    if given and verdict.retenue != RETENU:
        raise Invalid({"reserves": mots.reserves_seules})
    try:
        return [clean_text(each, longest=LONGEST, multiline=True) for each in given]
    except TextFault as fault:
        raise Invalid({"reserves": str(fault)}) from fault


def _write(
    connection: Connection,
    place: Mapping[str, Any],
    written: Mapping[str, Any],
    known: Mapping[str, Any] | None,
) -> int:
    if known is None:
        added = insert(_X).values(**place, **written).returning(_X.c.id)
        return connection.execute(added).scalar_one()
    connection.execute(update(_X).where(_X.c.id == known["id"]).values(**written))
    connection.execute(delete(_R).where(_R.c.decision_id == known["id"]))
    return known["id"]


def _write_reserves(
    connection: Connection, organisme_id: int, decision_id: int, reserves: Sequence[str]
) -> None:
    for rank, text in enumerate(reserves, start=1):
        connection.execute(
            insert(_R).values(
                organisme_id=organisme_id,
                decision_id=decision_id,
                rang=rank,
                texte=text,
                levee_motif="",
            )
        )
