"""What the journal of a dossier records beside its moves, and what people read of each."""

from __future__ import annotations

from grants.dossiers.vocabulary import DOSSIERS

#: What the journal's facts are called on screen.
FACT_LABELS = {
    "ouverture": "Dossier ouvert",
    "fiche_modifiee": "Fiche modifiée",
    "referent_change": "Référent changé",
    "note_ajoutee": "Note ajoutée",
    "relances_annulees": "Relances annulées",
    "relance_preparee": "Relance préparée",
    "relance_deplacee": "Relance déplacée",
    "relance_suspendue": "Relance suspendue",
    "relance_reprise": "Relance reprise",
    "relance_arretee": "Relance annulée",
    "courrier_envoye": "Courrier envoyé",
    "courrier_en_echec": "Courrier non remis",
    "courrier_annule": "Courrier annulé",
    "courrier_renvoye": "Courrier renvoyé",
    "courrier_a_imprimer": "Courrier à imprimer",
    "lien_ajoute": "Dossier lié",
    "etiquette_ajoutee": "Étiquette ajoutée",
    "etiquette_retiree": "Étiquette retirée",
    "rendez_vous_fixe": "Rendez-vous fixé",
    "porteur_modifie": "Porteur modifié",
    "structure_rattachee": "Structure rattachée",
    "tache_creee": "Tâche confiée",
    "tache_faite": "Tâche faite",
    "tache_rouverte": "Tâche rouverte",
    "tache_modifiee": "Tâche modifiée",
    "plan_de_financement_modifie": "Plan de financement modifié",
    "structure_fusionnee": "Structure fusionnée",
    "fusion_annulee": "Fusion de structures annulée",
    "piece_recue": "Pièce reçue",
    "piece_validee": "Pièce validée",
    "piece_a_corriger": "Pièce à corriger",
    "fichier_retire": "Fichier retiré",
}
for _event, _label in FACT_LABELS.items():
    DOSSIERS.event(_event, _label)
