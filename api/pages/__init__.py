"""HTML pages, one module per subject; each one's `router` is listed here, once."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages import (
    accueil,
    annulation,
    brouillons,
    connexion,
    contacts,
    demarrage,
    dispositifs,
    dossiers,
    equipe,
    nouveau,
    organismes,
    parametres,
    pilotage,
    porteurs,
    reinitialisation,
    sante,
    seances,
    structures,
    tableau,
)

ROUTERS: tuple[APIRouter, ...] = (
    accueil.router,
    annulation.router,
    connexion.router,
    demarrage.router,
    organismes.router,
    reinitialisation.router,
    sante.router,
    tableau.router,
    # Before the dossiers: « nouveau » is not the id of one.
    nouveau.router,
    dossiers.router,
    brouillons.router,
    porteurs.router,
    pilotage.router,
    dispositifs.router,
    structures.router,
    contacts.router,
    seances.router,
    parametres.router,
    equipe.router,
)
