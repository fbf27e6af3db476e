"""What the files tell in a few lines where many dossiers went the same way, as frozen models."""

from __future__ import annotations

from grants.demonstration.modeles import Donnee, Personne, Temps
from grants.demonstration.valeurs import Cle, Moment, Secteur, Texte


class Appui(Donnee):
    """Support to a structure of the insertion, from its demand to its end, in a few lines."""

    structure: Cle
    type: Cle
    porteur: Personne
    le: Moment
    themes: tuple[Cle, ...]
    objet: Texte
    temps: tuple[Temps, ...]
    clos_le: Moment
    travaux: Texte
    satisfaction: int | None = None


class PorteurIae(Donnee):
    """Somebody with a project of the insertion: what stopped it, or to whom it was handed on."""

    porteur: Personne
    titre: Texte
    commune: Texte
    secteur: Secteur
    le: Moment
    recu_le: Moment
    fin_le: Moment
    sans_suite: Texte | None = None
    transmis_a: Texte | None = None
