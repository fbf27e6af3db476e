"""The rules that the comités lay on a dossier: inscription, decision, conditions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from grants.comites.comptage import AJOURNE, REFUSE, RETENU
from grants.comites.queries import seance_name
from grants.comites.vocabulary import COMITES, SEANCE_FIELD
from workflow.dates import to_paris
from workflow.guards import Attempt, Refusal
from workflow.money import format_amount

_DECIDED = {
    RETENU: "retenir ce projet",
    AJOURNE: "ajourner ce dossier",
    REFUSE: "ne pas retenir ce projet",
}


@COMITES.guard(
    "seance_ouverte",
    says="une séance est ouverte aux inscriptions",
    facts=("clotures_des_seances",),
)
def seance_open(attempt: Attempt) -> Refusal | None:
    """A dossier is inscribed to a séance whose inscriptions are not closed."""
    today = to_paris(attempt.at).date()
    closings: dict[int, date] = attempt.fact("clotures_des_seances")
    chosen = attempt.values.get(SEANCE_FIELD) if attempt.values else None
    if chosen is None:
        if any(closing >= today for closing in closings.values()):
            return None
        sentence = "Aucune séance n'est ouverte aux inscriptions. Créez-en une dans « Séances »."
        return Refusal("aucune_seance_ouverte", sentence, SEANCE_FIELD)
    if chosen in closings and closings[chosen] >= today:
        return None
    sentence = "Les inscriptions à cette séance sont closes. Choisissez-en une autre."
    return Refusal("inscriptions_closes", sentence, SEANCE_FIELD)


@COMITES.guard("autre_seance", says="la nouvelle séance n’est pas celle d’avant")
def another_seance(attempt: Attempt) -> Refusal | None:
    """Changing séance means choosing another one."""
    if attempt.values is None or attempt.values.get(SEANCE_FIELD) != attempt.kept(SEANCE_FIELD):
        return None
    sentence = "Le dossier est déjà inscrit à cette séance. Choisissez-en une autre."
    return Refusal("meme_seance", sentence, SEANCE_FIELD)


@COMITES.guard("seance_tenue", says="la séance a eu lieu", facts=("seance",))
def seance_held(attempt: Attempt) -> Refusal | None:
    """Nothing is decided before the séance was held."""
    seance = attempt.fact("seance")
    if seance is None:
        return Refusal("sans_seance", "Le dossier n'est inscrit à aucune séance.", SEANCE_FIELD)
    if seance["tenue_le"] <= attempt.at:
        return None
    return Refusal("seance_a_venir", f"La séance n'a pas encore eu lieu : {seance_name(seance)}.")


@COMITES.guard(
    "decision_favorable",
    says="le comité a décidé de retenir le projet, et pour ce montant",
    facts=("decision_du_comite",),
)
def decided_to_select(attempt: Attempt) -> tuple[Refusal, ...]:
    """A quorum, a majority for, and the amount that was decided: nothing else is granted."""
    refusals = list(_decided(attempt, RETENU))
    decided = attempt.fact("decision_du_comite")
    granted = attempt.values.get("montant_accorde") if attempt.values else None
    if not refusals and granted is not None and granted != decided["montant"]:
        sentence = f"Le comité a accordé {format_amount(decided['montant'])}, pas autre chose."
        refusals.append(Refusal("montant_non_decide", sentence, "montant_accorde"))
    return tuple(refusals)


@COMITES.guard(
    "decision_d_ajourner",
    says="le comité a décidé d’ajourner le dossier",
    facts=("decision_du_comite",),
)
def decided_to_adjourn(attempt: Attempt) -> tuple[Refusal, ...]:
    """The comité decided so."""
    return _decided(attempt, AJOURNE)


@COMITES.guard(
    "decision_de_refus",
    says="le comité a décidé de ne pas retenir le projet",
    facts=("decision_du_comite",),
)
def decided_to_refuse(attempt: Attempt) -> tuple[Refusal, ...]:
    """The comité decided so."""
    return _decided(attempt, REFUSE)


@COMITES.guard("aucune_decision", says="le comité n’a rien décidé", facts=("decision_du_comite",))
def nothing_decided(attempt: Attempt) -> Refusal | None:
    """A dossier leaves a séance only as long as nothing was decided of it there."""
    decided: Mapping[str, Any] | None = attempt.fact("decision_du_comite")
    if decided is None or decided["retenue"] is None or decided["avis"]:
        return None
    what = _DECIDED[decided["retenue"]]
    return Refusal("deja_decide", f"Le comité a décidé de {what} : appliquez sa décision.")


@COMITES.guard(
    "reserves_levees",
    says="chaque réserve du comité est levée",
    facts=("reserves_non_levees",),
)
def conditions_lifted(attempt: Attempt) -> tuple[Refusal, ...]:
    """Each condition of the comité is lifted before the convention."""
    return tuple(
        Refusal("reserve_non_levee", f"Réserve du comité à lever : {text}", "reserves")
        for text in attempt.fact("reserves_non_levees")
    )


def _decided(attempt: Attempt, wanted: str) -> tuple[Refusal, ...]:
    """Every reason why the comité cannot be said to have decided so."""
    passage: Mapping[str, Any] | None = attempt.fact("decision_du_comite")
    if passage is None:
        sentence = "Le dossier n’est à l’ordre du jour d’aucune séance : inscrivez-le."
        return (Refusal("hors_ordre_du_jour", sentence, SEANCE_FIELD),)
    if passage["avis"]:
        sentence = (
            "Ce comité donne un avis, il ne décide pas : inscrivez le dossier à une séance d’un"
            " comité qui décide."
        )
        return (Refusal("comite_d_avis", sentence, SEANCE_FIELD),)
    count = passage["resultat"]
    if count is None:
        return (Refusal("vote_non_clos", "Le comité n’a pas encore voté sur ce dossier."),)
    refusals: list[Refusal] = []
    if not count["quorum_atteint"]:
        there = count["presents"] + count["representes"]
        sentence = (
            f"Le quorum n’était pas atteint ({there} sur {count['base']}) :"
            " inscrivez le dossier à une autre séance."
        )
        return (Refusal("quorum_manquant", sentence),)
    decided = passage["retenue"]
    if decided is None:
        sentence = "La décision n’est pas encore confirmée par la personne qui préside."
        return (Refusal("decision_attendue", sentence),)
    if decided != wanted:
        sentence = f"Le comité a décidé de {_DECIDED[decided]}."
        refusals.append(Refusal("decision_contraire", sentence))
        if wanted == RETENU and count["issue"] != RETENU:
            against = (
                f"{count['favorables']} votes favorables, {count['defavorables']} défavorables"
            )
            refusals.append(Refusal("sans_majorite", f"La majorité n’est pas pour : {against}."))
    return tuple(refusals)
