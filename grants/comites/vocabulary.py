"""What the comités bring to pipeline files; their facts, guards and effects stand beside it."""

from __future__ import annotations

from workflow.vocabulary import Register

COMITES = Register()
SEANCE_FIELD = "seance"
#: Where a dossier of an agenda stands.
ATTENDU, OUVERT, CLOS, RETIRE = "attendu", "ouvert", "clos", "retire"
#: The facts of a séance, as its journal names them, and what people read of them.
FACTS = {
    "seance_creee": "Séance prévue",
    "seance_modifiee": "Séance modifiée",
    "lien_envoye": "Lien personnel envoyé",
    "acces_ouvert": "Lien personnel utilisé",
    "dossier_a_l_ordre_du_jour": "Dossier inscrit à l’ordre du jour",
    "dossier_retire_de_l_ordre_du_jour": "Dossier retiré de l’ordre du jour",
    "ordre_du_jour_modifie": "Ordre du jour modifié",
    "regles_figees": "Règles du vote arrêtées",
    "presence_notee": "Présence notée",
    "feuille_de_presence": "Feuille de présence arrêtée",
    "presences_reprises": "Présences reprises",
    "presidence_notee": "Présidence de la séance",
    "deport_declare": "Déport déclaré",
    "deport_retire": "Déport retiré",
    "vote_ouvert": "Vote ouvert",
    "vote_recu": "Vote reçu",
    "vote_retire": "Vote retiré",
    "vote_clos": "Vote clos",
    "decision_prise": "Décision prise",
    "avis_donne": "Avis donné",
    "remarques_du_pv": "Remarques du procès-verbal",
    "reserve_levee": "Réserve levée",
    "pv_fige": "Procès-verbal figé",
    "pdf_du_pv": "PDF du procès-verbal",
}
for _event, _label in FACTS.items():
    COMITES.event(_event, _label)
#: Facts that dossiers know too, by the same names.
SHARED = {
    "relance_preparee": "Rappel préparé",
    "relances_annulees": "Rappel annulé",
    "relance_deplacee": "Rappel déplacé",
    "relance_suspendue": "Rappel mis en pause",
    "relance_reprise": "Rappel repris",
    "relance_arretee": "Rappel annulé",
    "courrier_envoye": "Courrier envoyé",
    "courrier_en_echec": "Courrier non remis",
}
