"""What the files tell in a few lines, told at length: the same facts for each dossier of a kind.

A year holds tens of dossiers that went the same way. What differs from one to the next is in the
files; what they have in common is here, once for each kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from grants.demonstration.abreges import Appui, PorteurIae
from grants.demonstration.fichiers import Fichier
from grants.demonstration.modeles import Dossier, Fait, Intervention, Personne, Structure

_IAE = "charge_iae"
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Deplie:
    """One dossier told at length, whoever brings it, and the time that was spent on it."""

    personne: Personne
    dossier: Dossier
    interventions: tuple[Intervention, ...] = ()


def deplies(fichiers: Sequence[Fichier], structures: Mapping[str, Structure]) -> Iterator[Deplie]:
    """All that the files tell in a few lines. Raises KeyError for a structure that none names."""
    for fichier in fichiers:
        for appui in fichier.appuis:
            yield _appui(appui, structures[appui.structure])
        for porteur in fichier.porteurs_iae:
            yield _porteur(porteur)


def _appui(appui: Appui, structure: Structure) -> Deplie:
    """Support to a structure of the insertion: asked, followed, closed."""
    demande = {
        "titre": _titre(appui.objet),
        "objet": appui.objet,
        "commune": structure.commune,
        "departement": structure.departement,
        "secteur": structure.secteur,
        "type_de_structure": appui.type,
        "themes": list(appui.themes),
    }
    bilan: dict[str, Any] = {"conclusion": "La structure a ce qu’elle était venue chercher."}
    if appui.satisfaction is not None:
        bilan["satisfaction"] = str(appui.satisfaction)
    faits = _suite(
        _IAE,
        (appui.le + _QUARTER, {"fiche": "demande", "champs": demande}),
        (appui.le + 2 * _QUARTER, {"action": "suivre"}),
        (appui.clos_le, {"fiche": "appui", "champs": {"travaux": appui.travaux}}),
        (appui.clos_le + _QUARTER, {"fiche": "bilan_appui", "champs": bilan}),
        (appui.clos_le + 2 * _QUARTER, {"action": "clore"}),
    )
    dossier = Dossier.model_construct(
        cle=f"appui-{structure.cle}"[:60].rstrip("-"),
        pipeline="iae_structures",
        etape="clos",
        structure=structure.cle,
        porteur=appui.porteur.cle,
        referent=_IAE,
        ouvert_par=_IAE,
        contact_le=appui.le,
        titre=_titre(appui.objet),
        objet=appui.objet,
        invente=True,
        faits=faits,
    )
    spent = (
        Intervention.model_construct(qui=_IAE, dossier=dossier.cle, **each.model_dump())
        for each in appui.temps
    )
    return Deplie(appui.porteur, dossier, tuple(spent))


def _porteur(porteur: PorteurIae) -> Deplie:
    """Somebody with a project of the insertion: received, then nothing more, or handed on."""
    personne = porteur.porteur
    projet = {
        "titre": porteur.titre,
        "objet": f"{porteur.titre}.",
        "commune": porteur.commune,
        "departement": "06",
        "secteur": porteur.secteur,
    }
    rendez_vous = {"rendez_vous": porteur.recu_le, "lieu_rendez_vous": "Nos bureaux"}
    accueil = {"compte_rendu": "Projet présenté ; les étapes et les financeurs ont été expliqués."}
    faits = _suite(
        _IAE,
        (porteur.le + _QUARTER, {"fiche": "projet", "champs": projet}),
        (porteur.le + 2 * _QUARTER, {"action": "fixer_rendez_vous", "champs": rendez_vous}),
        (porteur.recu_le + 4 * _QUARTER, {"fiche": "accueil", "champs": accueil}),
        *_ending(porteur),
    )
    dossier = Dossier.model_construct(
        cle=f"porteur-iae-{personne.cle}"[:60].rstrip("-"),
        pipeline="iae_porteurs",
        etape="sans_suite" if porteur.sans_suite else "transmis",
        porteur=personne.cle,
        referent=_IAE,
        ouvert_par=_IAE,
        contact_le=porteur.le,
        titre=porteur.titre,
        objet=f"{porteur.titre}.",
        invente=True,
        faits=faits,
    )
    received = Intervention.model_construct(
        qui=_IAE, dossier=dossier.cle, nature="entretien", le=porteur.recu_le, duree="1h30"
    )
    return Deplie(personne, dossier, (received,))


def _ending(porteur: PorteurIae) -> Iterable[tuple[datetime, Mapping[str, Any]]]:
    if porteur.sans_suite is not None:
        yield porteur.fin_le, {"action": "classer_sans_suite", "motif": porteur.sans_suite}
        return
    etude = {
        "marche": "Des commandes promises par deux collectivités pour la première année.",
        "partenaires": "La commune, le service public de l’emploi, une structure du même métier.",
        "viabilite": "À l’équilibre la deuxième année, avec l’aide aux postes.",
        "conventionnement": True,
        "conclusion": "Projet solide, à présenter au prochain conseil départemental.",
    }
    where = {"destinataire": porteur.transmis_a, "transmis_le": porteur.fin_le.date()}
    yield porteur.recu_le + 5 * _QUARTER, {"action": "etudier"}
    yield porteur.fin_le, {"fiche": "etude", "champs": etude}
    yield porteur.fin_le + _QUARTER, {"action": "transmettre", "champs": where}


def _suite(acteur: str, *faits: tuple[datetime, Mapping[str, Any]]) -> tuple[Fait, ...]:
    return tuple(Fait.model_construct(le=le, acteur=acteur, **what) for le, what in faits)


def _titre(objet: str) -> str:
    return objet.rstrip(".")
