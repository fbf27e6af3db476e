"""What a comité refuses, each in the words that people read."""

from __future__ import annotations

from workflow.errors import DomainError


class SeanceRefused(DomainError):
    """Cette séance ne le permet pas maintenant."""

    code = "seance_refuse"


class SeanceNotOpen(SeanceRefused):
    """La séance n’est pas ouverte : ouvrez-la d’abord."""

    code = "seance_pas_ouverte"


class SeanceOver(SeanceRefused):
    """La séance est terminée : rien n’y change plus."""

    code = "seance_terminee"


class NotOnTheAgenda(SeanceRefused):
    """Ce dossier n’est pas, ou plus, à l’ordre du jour de cette séance."""

    code = "hors_ordre_du_jour"


class VoteClosed(SeanceRefused):
    """Le vote sur ce dossier est clos depuis {quand} : aucun vote n’y entre plus."""

    code = "vote_clos"


class VoteNotOpen(SeanceRefused):
    """Le vote sur ce dossier n’est pas encore ouvert."""

    code = "vote_pas_ouvert"


class VoteNotAllowed(SeanceRefused):
    """{raison}"""

    code = "vote_refuse"


class DecisionRefused(SeanceRefused):
    """{raison}"""

    code = "decision_refusee"


class PaperRefused(SeanceRefused):
    """{raison}"""

    code = "document_refuse"
