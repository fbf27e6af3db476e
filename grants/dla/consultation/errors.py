"""What a consultation refuses, in the words that people read."""

from __future__ import annotations

from workflow.errors import DomainError


class NoConsultationHere(DomainError):
    """Ce dossier n’est pas à une étape où l’on consulte des prestataires."""

    code = "pas_de_consultation_ici"


class AlreadyConsulting(DomainError):
    """Une consultation est déjà en cours pour ce dossier : continuez-la, ou abandonnez-la."""

    code = "consultation_en_cours"


class AlreadySent(DomainError):
    """La consultation est partie : ce qui est demandé ne change plus."""

    code = "consultation_envoyee"


class NotSent(DomainError):
    """La consultation n’est pas encore partie."""

    code = "consultation_non_envoyee"


class ConsultationOver(DomainError):
    """Cette consultation est terminée."""

    code = "consultation_terminee"


class TooLateToOffer(DomainError):
    """Les offres étaient attendues jusqu’au {echeance} : celle-ci n’est pas enregistrée."""

    code = "offre_hors_delai"


class Sealed(DomainError):
    """Les offres restent fermées jusqu’à leur ouverture : personne ne peut les lire avant."""

    code = "offres_fermees"


class AlreadyOpened(DomainError):
    """Les offres sont ouvertes : elles ne changent plus."""

    code = "offres_ouvertes"


class TooSoonToOpen(DomainError):
    """Les offres s’ouvrent après le {echeance}, ou dès que chacun a répondu."""

    code = "ouverture_trop_tot"


class NothingToOpen(DomainError):
    """Aucune offre n’est arrivée : abandonnez cette consultation, puis lancez-en une autre."""

    code = "aucune_offre"


class NotAsked(DomainError):
    """Vous n’êtes pas, ou plus, consulté pour cette mission."""

    code = "non_consulte"


class NotToChoose(DomainError):
    """Les offres ne sont pas ouvertes, ou l’une d’elles est déjà choisie."""

    code = "choix_impossible"


class OfferTampered(DomainError):
    """Une offre n’est plus celle qui a été déposée. Rien n’a été ouvert : prévenez la direction."""

    code = "offre_alteree"
