"""What a demonstration must also keep, once its files are read: keys, order, hours and amounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from grants.demonstration.fichiers import Demonstration
from grants.demonstration.modeles import Dossier, Fait, Seance
from workflow.calendar import CLOSING, OPENING, is_working_day
from workflow.dates import format_datetime, to_paris
from workflow.money import format_amount

AVEC_MOTIF = frozenset(
    {
        "changer_de_seance",
        "retirer_du_cts",
        "ajourner",
        "refuser",
        "classer_sans_suite",
        "reactiver",
        "resilier",
        "corriger_etape",
    }
)
DECISIONS = frozenset({"selectionner", "ajourner", "refuser"})
INSCRIPTIONS = frozenset({"inscrire_cts", "changer_de_seance"})


def incoherences_de(demonstration: Demonstration) -> list[str]:
    """Every fault of a demonstration, each a French sentence."""
    regles = (_cles_en_double, _references, _seances_ouvrees)
    fautes = [faute for regle in regles for faute in regle(demonstration)]
    seances = {seance.cle: seance for seance in demonstration.seances}
    for dossier in demonstration.dossiers:
        fautes += [f"dossier {dossier.cle} : {faute}" for faute in _du_dossier(dossier, seances)]
    return fautes


def _cles_en_double(demonstration: Demonstration) -> Iterator[str]:
    for nom in ("comptes", "seances", "structures", "personnes", "dossiers"):
        compte = Counter(element.cle for element in getattr(demonstration, nom))
        yield from (f"{nom} : la clé {cle} sert {n} fois" for cle, n in compte.items() if n > 1)


def _references(demonstration: Demonstration) -> Iterator[str]:
    """Every key that is named somewhere must exist."""
    connues = {
        nom: {element.cle for element in getattr(demonstration, nom)}
        for nom in ("comptes", "seances", "structures", "personnes", "dossiers")
    }
    for dossier in demonstration.dossiers:
        nommees = [
            ("structures", dossier.structure),
            ("personnes", dossier.porteur),
            ("comptes", dossier.referent),
            ("comptes", dossier.ouvert_par),
            ("dossiers", dossier.issu_de),
            *(("comptes", fait.acteur) for fait in dossier.faits),
            *(("seances", fait.champs.get("seance")) for fait in dossier.faits),
        ]
        yield from _absentes(f"dossier {dossier.cle}", nommees, connues)
    membres = {membre.cle for membre in demonstration.membres}
    for seance in demonstration.seances:
        for passage in seance.passages:
            ou = f"séance {seance.cle}, {passage.dossier}"
            yield from _absentes(ou, [("dossiers", passage.dossier)], connues)
            voix = (*passage.pour, *passage.reserves, *passage.ajournement, *passage.contre)
            nommes = {*voix, *passage.abstention, *passage.montants, *passage.deports}
            yield from (f"{ou} : {cle} n'est pas dans les membres" for cle in nommes - membres)
    for tache in demonstration.taches:
        nommees = [("comptes", tache.par), ("comptes", tache.pour), ("dossiers", tache.dossier)]
        yield from _absentes(f"tâche « {tache.titre} »", nommees, connues)
    for each in demonstration.interventions:
        nommees = [("comptes", each.qui), ("dossiers", each.dossier)]
        yield from _absentes(f"intervention du {each.le:%d/%m/%Y}", nommees, connues)


def _absentes(
    ou: str, nommees: Iterable[tuple[str, Any]], connues: Mapping[str, set[str]]
) -> Iterator[str]:
    for nom, cle in nommees:
        if cle is not None and cle not in connues[nom]:
            yield f"{ou} : {cle} n'est pas dans les {nom}"


def _seances_ouvrees(demonstration: Demonstration) -> Iterator[str]:
    for seance in demonstration.seances:
        if not aux_heures_ouvrees(seance.le):
            yield f"séance {seance.cle} : {format_datetime(seance.le)}, le bureau est fermé"
        if seance.cloture_inscriptions >= to_paris(seance.le).date():
            yield f"séance {seance.cle} : les inscriptions ferment après la séance"


def aux_heures_ouvrees(moment: datetime) -> bool:
    """Whether the office is open then: a working day, between 8:00 and 19:00 in Paris."""
    local = to_paris(moment)
    return is_working_day(local.date()) and OPENING <= local.time() <= CLOSING


def _du_dossier(dossier: Dossier, seances: dict[str, Seance]) -> Iterator[str]:
    yield from _ordre(dossier)
    yield from _rendez_vous(dossier)
    yield from _motifs(dossier)
    yield from _montants(dossier)
    yield from _passages(dossier, seances)


def _ordre(dossier: Dossier) -> Iterator[str]:
    precedent = dossier.contact_le
    if not aux_heures_ouvrees(precedent):
        yield f"contact le {format_datetime(precedent)}, le bureau est fermé"
    for fait in dossier.faits:
        if fait.le <= precedent:
            yield f"{nom_du_fait(fait)} n'est pas après ce qui précède"
        if not aux_heures_ouvrees(fait.le):
            yield f"{nom_du_fait(fait)} : le bureau est fermé"
        precedent = fait.le


def nom_du_fait(fait: Fait) -> str:
    """« refuser, 16 octobre 2009 à 10 h 25 »."""
    suite = "plan de financement" if fait.plan is not None else "note"
    quoi = fait.action or (f"fiche {fait.fiche}" if fait.fiche else suite)
    return f"{quoi}, {format_datetime(fait.le)}"


def _rendez_vous(dossier: Dossier) -> Iterator[str]:
    for fait in dossier.faits:
        rendez_vous = fait.champs.get("rendez_vous")
        if not isinstance(rendez_vous, datetime):
            continue
        if rendez_vous <= fait.le or not aux_heures_ouvrees(rendez_vous):
            yield f"le rendez-vous du {format_datetime(rendez_vous)} ne peut pas se tenir"


def _motifs(dossier: Dossier) -> Iterator[str]:
    for fait in dossier.faits:
        if fait.action in AVEC_MOTIF and fait.motif is None:
            yield f"{nom_du_fait(fait)} : il manque le motif"


def _montants(dossier: Dossier) -> Iterator[str]:
    """What is asked stays under the cost, what is granted under what is asked."""
    demande, cout = dossier.montant_demande, dossier.cout_total
    for fait in dossier.faits:
        if fait.fiche == "projet":
            demande, cout = fait.champs.get("montant_demande"), fait.champs.get("cout_total")
        accorde = fait.champs.get("montant_accorde")
        if isinstance(accorde, int) and not (isinstance(demande, int) and 0 < accorde <= demande):
            yield f"{format_amount(accorde)} accordés, plus que demandé"
        if isinstance(demande, int) and isinstance(cout, int) and demande > cout:
            yield f"{format_amount(demande)} demandés, plus que le coût du projet"


def _passages(dossier: Dossier, seances: dict[str, Seance]) -> Iterator[str]:
    """A dossier is entered before the inscriptions close, and decided once the séance was held."""
    seance: Seance | None = None
    for fait in dossier.faits:
        if fait.action in INSCRIPTIONS:
            seance = seances.get(str(fait.champs.get("seance")))
            if seance is None or to_paris(fait.le).date() > seance.cloture_inscriptions:
                yield f"{nom_du_fait(fait)} : aucune séance ouverte aux inscriptions"
        elif fait.action in DECISIONS and (seance is None or fait.le <= seance.le):
            yield f"{nom_du_fait(fait)} : la séance ne s'est pas tenue"
