"""What the minutes say of one dossier: who stepped aside, who voted, what was decided and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grants.comites.assemblee import PRESENT, REPRESENTE
from grants.comites.comptage import CHOIX
from grants.comites.mots import Mots
from grants.comites.papiers.setting import heading, paragraph, table
from grants.comites.papiers.words import counted, listed, money
from grants.comites.regles import load_regles
from notifications.document import Block, Listing, Quote, Run
from workflow.money import NO_BREAK_SPACE

Data = Mapping[str, Any]
_COUNTED = (
    ("favorables", "favorable", "favorables"),
    ("defavorables", "défavorable", "défavorables"),
    ("ajournements", "pour l’ajournement", "pour l’ajournement"),
    ("abstentions", "abstention", "abstentions"),
)


def dossier_blocks(
    data: Data, dossier: Data, rank: int | None, *, named: bool = True
) -> Iterator[Block]:
    """One dossier. `rank`: its place on the agenda, where others stand beside it. `named`:
    with each one's vote, where the vote was not secret.
    """
    number = "" if rank is None else f"{rank}. "
    yield heading(f"{number}{dossier['titre'] or dossier['reference']}")
    yield paragraph(f"{_asked(dossier)}.")
    yield from _aside(dossier["deports"])
    vote = dossier["vote"]
    if vote is None:
        yield paragraph("Le comité n’a pas voté sur ce dossier.")
        return
    yield from _voices(data["membres"], vote)
    yield from _votes(vote, named=named)
    mots = load_regles(data["regles"]).mots
    yield from _decision(mots, dossier["decision"], vote["comptage"])


def hidden_blocks(dossier: Data, rank: int) -> Iterator[Block]:
    """The place of a dossier, for whoever stepped aside from it."""
    yield heading(f"{rank}. {dossier['titre'] or dossier['reference']}")
    yield paragraph("Vous vous êtes déporté sur ce dossier : ses votes ne vous sont pas montrés.")


def _asked(dossier: Data) -> str:
    """« MP-2027-001, Les Jardins partagés. Aide demandée : 12 000 €, plafond 23 000 € »."""
    who = ", ".join(filter(None, (dossier["reference"], dossier["structure"])))
    asked = f"Aide demandée : {money(dossier['montant_demande'])}"
    cap = f", plafond {money(dossier['plafond'])}" if dossier["plafond"] else ""
    return f"{who}. {asked}{cap}" if dossier["montant_demande"] else who


def _aside(deports: Sequence[Data]) -> Iterator[Block]:
    for each in deports:
        why = f" ({each['motif']})" if each["motif"] else ""
        yield paragraph(
            Run("Déport. ", strong=True),
            f"{each['nom']} s’est mis en retrait{why} : ni débat, ni vote, ni voix comptée.",
        )


def _voices(members: Sequence[Data], vote: Data) -> Iterator[Block]:
    """Who was there for this dossier, and whether they were enough."""
    names = {each["membre"]: each["nom"] for each in members}
    there, by_proxy, away = [], [], []
    for voice in vote["voix"]:
        name = names.get(voice["membre"], "")
        if voice["etat"] == PRESENT:
            there.append(name)
        elif voice["etat"] == REPRESENTE:
            by_proxy.append(f"{name} (par {names.get(voice['par'], '')})")
        else:
            away.append(name)
    told = [
        f"{label} : {listed(people)}."
        for label, people in (("Présents", there), ("Représentés", by_proxy), ("Absents", away))
        if people
    ]
    if vote["preside"]:
        told.append(f"Présidence : {vote['preside']}.")
    yield paragraph(" ".join(told))
    count = vote["comptage"]
    held = count["presents"] + count["representes"]
    reached = "Quorum atteint" if count["quorum_atteint"] else "Quorum non atteint"
    voices = counted(held, "voix présente ou représentée", "voix présentes ou représentées")
    yield paragraph(f"{reached} : {voices} sur {count['base']}.")


def _votes(vote: Data, *, named: bool) -> Iterator[Block]:
    count, ballots = vote["comptage"], vote["bulletins"]
    told = [counted(count[key], one, many) for key, one, many in _COUNTED if count[key]]
    said = listed(told) or "Personne n’a voté"
    yield paragraph(Run("Votes. ", strong=True), f"{said}.{_casting(count)}")
    if not ballots:
        return
    if any("membre_id" in each for each in ballots):
        if named:
            yield from _named_ballots(ballots)
        return
    if named:
        yield paragraph("Vote secret, bulletins mêlés :")
        yield _ballot_table("", [("", each) for each in ballots])


def _ballot_table(head: str, ballots: Sequence[tuple[str, Data]]) -> Block:
    """Who voted what, and for how much where somebody named an amount; `head` empty: nobody."""
    amounts = any(ballot["montant"] for _, ballot in ballots)
    titles = (*((head, "Vote") if head else ("Bulletin",)), *(("Montant",) if amounts else ()))
    rows = [
        (
            *((who,) if head else ()),
            _choice(ballot),
            *((money(ballot["montant"]),) if amounts else ()),
        )
        for who, ballot in ballots
    ]
    return table(titles, rows, right=int(amounts))


def _named_ballots(ballots: Sequence[Data]) -> Iterator[Block]:
    yield _ballot_table("Membre", [(_voter(each, ballots), each) for each in ballots])
    reserved = [each for each in ballots if each["reserves"]]
    if reserved:
        yield Listing(
            tuple(
                (paragraph(f"Réserves ({each['nom']}) : {each['reserves']}"),) for each in reserved
            )
        )


def _voter(ballot: Data, ballots: Sequence[Data]) -> str:
    """« Ana Martin », « Ana Martin, par Bo Sand », « Ana Martin, à voix haute »."""
    told = ballot["nom"] or ""
    if ballot["par_id"] != ballot["membre_id"]:
        by = next((each["nom"] for each in ballots if each["membre_id"] == ballot["par_id"]), None)
        told += f", par {by}" if by else ", par pouvoir"
    return f"{told}, à voix haute" if ballot["saisi_par"] else told


def _choice(ballot: Data) -> str:
    return CHOIX[ballot["choix"]]


def _casting(count: Data) -> str:
    if not count["preponderante"]:
        return ""
    return " À égalité, la voix de la personne qui préside l’a emporté."


def _decision(mots: Mots, decision: Data | None, count: Data) -> Iterator[Block]:
    if decision is None:
        if not count["quorum_atteint"]:
            yield paragraph(Run(f"{mots.nom}. ", strong=True), mots.aucun)
        return
    said = _said(mots, decision)
    # « Avis favorable » says already that it is one.
    name = "" if said.startswith(mots.nom) else f"{mots.nom}. "
    yield paragraph(
        Run(f"{name}{said}.", strong=True),
        f" {mots.confirme_par} {decision['par']}.{_departs(mots, decision)}",
    )
    if decision["motif"]:
        lines = [line for line in decision["motif"].split("\n") if line.strip()]
        yield Quote(tuple(paragraph(line) for line in lines))
    if decision["reserves"]:
        yield paragraph(f"{mots.reserves} :")
        yield Listing(tuple((paragraph(each),) for each in decision["reserves"]))


def _said(mots: Mots, decision: Data) -> str:
    on_conditions = bool(decision["reserves"])
    return mots.told(decision["retenue"], decision["montant"], reserves=on_conditions)


def _departs(mots: Mots, decision: Data) -> str:
    """What the vote proposed, where something else was decided."""
    same = decision["proposee"] == decision["retenue"]
    if same and decision["montant_propose"] == decision["montant"]:
        return ""
    proposed = mots.told(decision["proposee"], decision["montant_propose"])
    return f" Le vote proposait :{NO_BREAK_SPACE}{proposed[:1].lower()}{proposed[1:]}."
