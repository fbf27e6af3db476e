"""HTML pages, one module per subject; each one's addresses are listed here, once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import import_module

from fastapi import APIRouter
from starlette.routing import BaseRoute

from api.one_turn import in_one_turn
from api.wings import Opening

#: What an address begins with → the modules that answer there, in the order they are tried.
SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "": ("accueil",),
    "acces": ("acces",),
    "adherents": ("adherents",),
    "agenda": ("agenda", "agenda_ics"),
    "aide": ("aide",),
    "annuler": ("annulation",),
    "aujourdhui": ("aujourdhui",),
    "comites": ("comites", "membres"),
    "compte": ("programmes",),
    "connexion": ("connexion",),
    "consultations": ("consultations",),
    "deconnexion": ("connexion",),
    # « adresses » is not the id of a letter: it comes before.
    "courriers": ("adresses", "courriers"),
    "demarrage": ("demarrage",),
    "dispositifs": ("dispositifs",),
    "dossiers": (
        "nouveau",  # before the dossiers: « nouveau » is not the id of one
        "dossiers",
        "etiquettes",
        "pieces",
        "finances",
        "brouillons",
        "porteurs",
        "relances",
        "taches",
        "interventions",
        "consultations",
    ),
    "enveloppes": ("enveloppes",),
    "healthz": ("sante",),
    "interventions": ("interventions",),
    "liste": ("liste", "exports", "vues"),
    "lots": ("lots",),
    "ma-consultation": ("ma_consultation",),
    "ma-seance": ("ma_seance", "mes_dossiers", "presidence"),
    "missions": ("missions",),
    "organismes": ("organismes",),
    "parametres": ("parametres", "equipe", "programmes", "reprises", "modeles", "etat"),
    "pilotage": ("pilotage",),
    "prestataires": ("prestataires",),
    "rappels": ("rappels",),
    "recherche": ("recherche",),
    "reinitialisation": ("reinitialisation",),
    "seances": (
        "seances_verification",  # before the séances: « verifier » is not the id of one
        "seances",
        "seances_tenue",
        "seances_presences",
        "seances_votes",
        "seances_decisions",
        "seances_papiers",
        "seances_relances",
    ),
    "structures": ("structures", "fusions", "contacts"),
    "tableau": ("tableau",),
    "taches": ("taches",),
}


def router_of(module: str) -> APIRouter:
    """The addresses of one module, which is loaded."""
    return import_module(f"{__name__}.{module}").router


def openings() -> dict[str, Opening]:
    """What loads the pages under each first part of an address."""
    return {part: partial(_routes, modules) for part, modules in SUBJECTS.items()}


def _routes(modules: tuple[str, ...]) -> list[BaseRoute]:
    return list(in_one_turn(route for module in modules for route in router_of(module).routes))


def __getattr__(name: str) -> tuple[APIRouter, ...]:
    """`ROUTERS`: those of every module, for what goes round all the pages."""
    if name != "ROUTERS":
        raise AttributeError(name)
    every = dict.fromkeys(module for modules in SUBJECTS.values() for module in modules)
    return tuple(router_of(module) for module in every)
