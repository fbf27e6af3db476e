"""HTML pages, one module per subject; each one's `router` is listed here, once."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages import (
    accueil,
    annulation,
    aujourdhui,
    brouillons,
    connexion,
    contacts,
    demarrage,
    dispositifs,
    dossiers,
    equipe,
    finances,
    nouveau,
    organismes,
    parametres,
    pieces,
    pilotage,
    porteurs,
    recherche,
    reinitialisation,
    sante,
    seances,
    structures,
    tableau,
    taches,
)

ROUTERS: tuple[APIRouter, ...] = (
    accueil.router,
    annulation.router,
    aujourdhui.router,
    taches.router,
    connexion.router,
    demarrage.router,
    organismes.router,
    reinitialisation.router,
    sante.router,
    tableau.router,
    # Before the dossiers: « nouveau » is not the id of one.
    nouveau.router,
    dossiers.router,
    pieces.router,
    finances.router,
    brouillons.router,
    porteurs.router,
    pilotage.router,
    recherche.router,
    dispositifs.router,
    structures.router,
    contacts.router,
    seances.router,
    parametres.router,
    equipe.router,
)
