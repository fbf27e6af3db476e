"""Who each address of the application is open to, and what its forms are sent with."""

from __future__ import annotations

from enum import Enum

from grants.organisation.roles import DIRECTION, LECTEUR, ROLES, WRITERS
from tests.builders.documents import pdf
from tests.builders.offices import LOGO


class Who(Enum):
    """Who a route is open to."""

    ANYBODY = frozenset({*ROLES, "anonyme"})
    SIGNED_IN = frozenset(ROLES)
    WRITERS = WRITERS
    OVERSEERS = frozenset({DIRECTION, LECTEUR})
    DIRECTION = frozenset({DIRECTION})


ACCESS: dict[tuple[str, str], Who] = {
    ("GET", "/"): Who.SIGNED_IN,
    ("GET", "/aide"): Who.SIGNED_IN,
    ("POST", "/annuler"): Who.WRITERS,
    ("GET", "/aujourdhui"): Who.SIGNED_IN,
    ("POST", "/taches"): Who.WRITERS,
    ("GET", "/taches/{task_id}"): Who.WRITERS,
    ("POST", "/taches/{task_id}"): Who.WRITERS,
    ("POST", "/taches/{task_id}/faite"): Who.WRITERS,
    ("POST", "/taches/{task_id}/rouvrir"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/taches"): Who.WRITERS,
    ("GET", "/healthz"): Who.ANYBODY,
    ("GET", "/agenda/{lien}.ics"): Who.ANYBODY,
    ("GET", "/connexion"): Who.ANYBODY,
    ("POST", "/connexion"): Who.ANYBODY,
    ("POST", "/deconnexion"): Who.SIGNED_IN,
    ("POST", "/deconnexion/partout"): Who.SIGNED_IN,
    ("GET", "/reinitialisation/{jeton}"): Who.ANYBODY,
    ("POST", "/reinitialisation/{jeton}"): Who.ANYBODY,
    ("GET", "/demarrage"): Who.ANYBODY,
    ("POST", "/demarrage"): Who.ANYBODY,
    ("POST", "/demarrage/code"): Who.ANYBODY,
    ("POST", "/demarrage/demonstration"): Who.ANYBODY,
    ("POST", "/organismes/{organisme_id}"): Who.SIGNED_IN,
    ("GET", "/organismes/{organisme_id}/logo"): Who.SIGNED_IN,
    ("GET", "/tableau"): Who.SIGNED_IN,
    ("GET", "/liste"): Who.SIGNED_IN,
    ("GET", "/liste/colonnes"): Who.SIGNED_IN,
    ("POST", "/liste/colonnes"): Who.SIGNED_IN,
    ("GET", "/liste/export.xlsx"): Who.SIGNED_IN,
    ("GET", "/liste/export.csv"): Who.SIGNED_IN,
    ("GET", "/liste/vues"): Who.SIGNED_IN,
    ("POST", "/liste/vues"): Who.SIGNED_IN,
    ("GET", "/liste/vues/nouvelle"): Who.SIGNED_IN,
    ("POST", "/liste/vues/{vue_id}/nom"): Who.SIGNED_IN,
    ("POST", "/liste/vues/{vue_id}/contenu"): Who.SIGNED_IN,
    ("POST", "/liste/vues/{vue_id}/premiere"): Who.SIGNED_IN,
    ("POST", "/liste/vues/{vue_id}/supprimer"): Who.SIGNED_IN,
    ("POST", "/lots"): Who.WRITERS,
    ("GET", "/lots/{lot_id}"): Who.SIGNED_IN,
    ("POST", "/lots/{lot_id}/confier"): Who.WRITERS,
    ("POST", "/lots/{lot_id}/etiqueter"): Who.WRITERS,
    ("POST", "/lots/{lot_id}/retirer"): Who.WRITERS,
    ("POST", "/lots/{lot_id}/actions/{key}/{action}"): Who.WRITERS,
    ("POST", "/lots/{lot_id}/executer"): Who.WRITERS,
    ("POST", "/lots/{lot_id}/suite"): Who.WRITERS,
    ("POST", "/lots/{lot_id}/reprendre"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/etiquettes"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/etiquettes/{etiquette_id}/retirer"): Who.WRITERS,
    ("GET", "/pilotage"): Who.SIGNED_IN,
    ("GET", "/recherche"): Who.SIGNED_IN,
    ("GET", "/dispositifs/{key}"): Who.SIGNED_IN,
    ("GET", "/dossiers/nouveau"): Who.WRITERS,
    ("POST", "/dossiers/nouveau"): Who.WRITERS,
    ("POST", "/dossiers/nouveau/proches"): Who.WRITERS,
    ("GET", "/dossiers/{dossier_id}"): Who.SIGNED_IN,
    ("POST", "/dossiers/{dossier_id}/actions/{action}"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/fiches/{sheet}"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/brouillons/{formulaire}"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/brouillons/{formulaire}/effacer"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/presence"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/financement"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/financement/solde"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/notes"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/referent"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/liens"): Who.WRITERS,
    ("GET", "/dossiers/{dossier_id}/porteur"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/porteur"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/rendez-vous"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/pieces/{piece}/fichiers"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/pieces/{piece}/validation"): Who.WRITERS,
    ("POST", "/dossiers/{dossier_id}/pieces/{piece}/correction"): Who.WRITERS,
    ("GET", "/dossiers/{dossier_id}/fichiers/{fichier_id}"): Who.SIGNED_IN,
    ("GET", "/dossiers/{dossier_id}/fichiers/{fichier_id}/contenu"): Who.SIGNED_IN,
    ("GET", "/dossiers/{dossier_id}/fichiers/{fichier_id}/apercu"): Who.SIGNED_IN,
    ("POST", "/dossiers/{dossier_id}/fichiers/{fichier_id}/retirer"): Who.WRITERS,
    ("GET", "/structures"): Who.SIGNED_IN,
    ("GET", "/structures/nouvelle"): Who.WRITERS,
    ("POST", "/structures/nouvelle"): Who.WRITERS,
    ("GET", "/structures/{structure_id}"): Who.SIGNED_IN,
    ("GET", "/structures/{structure_id}/modifier"): Who.WRITERS,
    ("POST", "/structures/{structure_id}/modifier"): Who.WRITERS,
    ("GET", "/structures/{structure_id}/fusionner"): Who.WRITERS,
    ("POST", "/structures/{structure_id}/fusionner"): Who.WRITERS,
    ("POST", "/structures/{structure_id}/fusions/{fusion_id}/annuler"): Who.WRITERS,
    ("POST", "/structures/{structure_id}/contacts"): Who.WRITERS,
    ("GET", "/structures/{structure_id}/contacts/{contact_id}"): Who.WRITERS,
    ("POST", "/structures/{structure_id}/contacts/{contact_id}"): Who.WRITERS,
    ("POST", "/structures/{structure_id}/contacts/{contact_id}/retirer"): Who.WRITERS,
    ("GET", "/seances"): Who.SIGNED_IN,
    ("GET", "/seances/nouvelle"): Who.WRITERS,
    ("POST", "/seances/nouvelle"): Who.WRITERS,
    ("GET", "/seances/{seance_id}"): Who.SIGNED_IN,
    ("GET", "/seances/{seance_id}/modifier"): Who.WRITERS,
    ("POST", "/seances/{seance_id}/modifier"): Who.WRITERS,
    ("GET", "/compte/jetons"): Who.SIGNED_IN,
    ("POST", "/compte/jetons"): Who.SIGNED_IN,
    ("POST", "/compte/jetons/revoquer"): Who.SIGNED_IN,
    ("GET", "/parametres/annonces"): Who.OVERSEERS,
    ("POST", "/parametres/annonces"): Who.DIRECTION,
    ("POST", "/parametres/annonces/envois/{envoi_id}/renvoyer"): Who.DIRECTION,
    ("POST", "/parametres/annonces/{adresse_id}/retirer"): Who.DIRECTION,
    ("GET", "/parametres"): Who.OVERSEERS,
    ("POST", "/parametres"): Who.DIRECTION,
    ("POST", "/parametres/logo"): Who.DIRECTION,
    ("POST", "/parametres/logo/retirer"): Who.DIRECTION,
    ("GET", "/parametres/signature"): Who.DIRECTION,
    ("POST", "/parametres/signature"): Who.DIRECTION,
    ("POST", "/parametres/signature/retirer"): Who.DIRECTION,
    ("GET", "/parametres/dispositifs"): Who.OVERSEERS,
    ("GET", "/parametres/dispositifs/{key}"): Who.OVERSEERS,
    ("POST", "/parametres/dispositifs/{key}"): Who.DIRECTION,
    ("POST", "/parametres/dispositifs/{key}/{parameter}/defaut"): Who.DIRECTION,
    ("GET", "/parametres/equipe"): Who.OVERSEERS,
    ("POST", "/parametres/equipe"): Who.DIRECTION,
    ("POST", "/parametres/equipe/{compte_id}/role"): Who.DIRECTION,
    ("POST", "/parametres/equipe/{compte_id}/coordonnees"): Who.DIRECTION,
    ("POST", "/parametres/equipe/{compte_id}/retirer"): Who.DIRECTION,
    ("POST", "/parametres/equipe/{compte_id}/rendre"): Who.DIRECTION,
    ("POST", "/parametres/equipe/{compte_id}/lien"): Who.DIRECTION,
    ("GET", "/parametres/reprises"): Who.OVERSEERS,
    ("POST", "/parametres/reprises"): Who.DIRECTION,
    ("GET", "/parametres/reprises/modeles/{modele}"): Who.DIRECTION,
    ("GET", "/parametres/reprises/{reprise_id}"): Who.OVERSEERS,
    ("GET", "/parametres/reprises/{reprise_id}/anomalies"): Who.OVERSEERS,
    ("POST", "/parametres/reprises/{reprise_id}/feuille"): Who.DIRECTION,
    ("POST", "/parametres/reprises/{reprise_id}/colonnes"): Who.DIRECTION,
    ("POST", "/parametres/reprises/{reprise_id}/lancer"): Who.DIRECTION,
    ("POST", "/parametres/reprises/{reprise_id}/annuler"): Who.DIRECTION,
    ("POST", "/parametres/reprises/{reprise_id}/abandonner"): Who.DIRECTION,
}

# Enough for each form to get past what it asks first.
FIELDS = {
    "/connexion": {"email": "inconnu@ailleurs.example", "mot_de_passe": "au hasard"},
    "/reinitialisation/{jeton}": {"mot_de_passe": "au hasard"},
    "/demarrage/code": {"code": "AAAA-AAAA"},
    "/dossiers/{dossier_id}/financement": {"ajouter": "1"},
    "/dossiers/{dossier_id}/notes": {"texte": "Une note."},
    "/dossiers/{dossier_id}/porteur": {"nom": "Un nom"},
    "/structures/nouvelle": {"nom": "Un nom"},
    "/structures/{structure_id}/modifier": {"nom": "Un nom"},
    "/structures/{structure_id}/contacts": {"nom": "Un nom"},
    "/structures/{structure_id}/contacts/{contact_id}": {"nom": "Un nom"},
    "/parametres/equipe/{compte_id}/role": {"role": LECTEUR},
}
# What an allowed visitor may be answered: the page, the next one, a form to mend, a refusal.
ANSWERED = {200, 303, 409, 422}


# Addresses that take a file.
_LOGO = {"logo": ("logo.png", LOGO)}
UPLOADS = {
    "/parametres/logo": _LOGO,
    "/parametres/signature": {"signature": ("signature.png", LOGO)},
    "/parametres/reprises": _LOGO,
    "/dossiers/{dossier_id}/pieces/{piece}/fichiers": {"fichiers": ("rib.pdf", pdf())},
}
