"""« Les microprojets associatifs »: from contacts to the projects selected."""

from __future__ import annotations

from grants.rapport.activite.counting import number, share, spread, total
from grants.rapport.activite.dossiers import AMOUNTS, amounts, entering, entries
from grants.rapport.activite.model import Chapter, Column, Figure, Part, Value
from grants.rapport.activite.seances import seances
from grants.rapport.activite.sight import Sight
from grants.rapport.activite.units import Unit, rounded
from workflow.dates import MONTHS

_KEY = "microprojets"
_PATH, _COMITE, _KEPT, _GOALS = "Parcours des projets", "Comité", "Projets retenus", "Objectifs"
MICROPROJETS = Chapter(_KEY, "Les microprojets associatifs")

CONTACTS = entering(_KEY, ("contact",), "Contacts")
WELCOMED = entering(_KEY, ("accueil",), "Accueils individuels")
PRESENTED = entering(_KEY, ("cts",), "Projets présentés au comité", AMOUNTS, amounts)
SELECTED = entering(
    _KEY,
    ("selectionne",),
    "Projets retenus",
    (Column("objet", "Objet"), *AMOUNTS, Column("emplois", "Emplois créés", "nombre")),
    lambda row, answers: {
        **amounts(row, answers),
        "objet": row["objet"],
        "emplois": row["emplois_crees"],
    },
)
SEANCES = seances("seances_microprojets", "Séances du comité de sélection", "microprojets")


def _share_selected(sight: Sight) -> Value:
    entered = sight.entered(_KEY)
    kept, heard = entered.get("selectionne", 0), entered.get("cts", 0)
    return share(kept, heard, f"{kept} retenus, {heard} présentés")


def _mean_aid(sight: Sight) -> int | None:
    known = [a for row in sight.rows(SELECTED) if (a := row.values["montant_accorde"])]
    return rounded(sum(known), len(known)) if known else None


def _selection(sight: Sight) -> Value:
    """The structures and what their projects are, in the order in which they were selected."""
    rows = [row.values for row in sight.rows(SELECTED)]
    parts = [Part(row["structure"] or row["titre"], row["montant_accorde"]) for row in rows]
    granted = sum(row["montant_accorde"] or 0 for row in rows)
    return Value(granted or None, parts=tuple(parts))


def _first_session(sight: Sight) -> str | None:
    days = [row.values["le"] for row in sight.rows(SEANCES)]
    return f"{MONTHS[days[0].month - 1]} {days[0].year}" if days else None


def _hours(sight: Sight) -> int:
    return sum(row.values["minutes"] for row in sight.rows(SEANCES))


def _parameter(name: str, sight: Sight) -> int | None:
    value = sight.parameters(_KEY).get(name)
    return value if isinstance(value, int) and value else None


def _yearly_goal(sight: Sight) -> Value:
    year = _parameter("annee_de_l_objectif", sight)
    return Value(_parameter("objectif_annuel", sight), note=f"pour {year}" if year else "")


def _three_year_goal(sight: Sight) -> Value:
    first = _parameter("debut_triennal", sight)
    told = f"de {first} à {first + 2}" if first else ""
    return Value(_parameter("objectif_triennal", sight), note=told)


_COUNT, _EUROS = Unit.COUNT, Unit.EUROS
MICROPROJETS.add(
    Figure("contacts", "Contacts", _COUNT, entries(_KEY, "contact"), CONTACTS, _PATH),
    Figure("accueils", "Accueils individuels", _COUNT, entries(_KEY, "accueil"), WELCOMED, _PATH),
    Figure(
        "accompagnes_jusqu_au_cts",
        "Projets accompagnés jusqu’au comité",
        *(_COUNT, entries(_KEY, "cts"), PRESENTED, _PATH),
    ),
    Figure(
        "selectionnes", "Projets retenus", _COUNT, entries(_KEY, "selectionne"), SELECTED, _PATH
    ),
    Figure(
        "part_retenue",
        "Projets retenus pour cent projets présentés",
        *(Unit.PERCENT, _share_selected, SELECTED, _PATH),
    ),
    Figure("seances_cts", "Séances du comité", _COUNT, number(SEANCES), SEANCES, _COMITE),
    Figure("lancement", "Première séance", Unit.TEXT, _first_session, SEANCES, _COMITE),
    Figure(
        "heures_du_comite", "Heures données par ses membres", Unit.HOURS, _hours, SEANCES, _COMITE
    ),
    Figure("selection", "Aide accordée, par structure", _EUROS, _selection, SELECTED, _KEPT),
    Figure("aide_moyenne", "Aide moyenne", _EUROS, _mean_aid, SELECTED, _KEPT),
    Figure("emplois_crees", "Emplois créés", _COUNT, total("emplois", SELECTED), SELECTED, _KEPT),
    Figure(
        "secteurs",
        "Secteurs des projets retenus",
        _COUNT,
        spread("secteur", SELECTED),
        SELECTED,
        _KEPT,
    ),
    Figure(
        "plafond_euros",
        "Plafond de l’aide",
        _EUROS,
        lambda s: _parameter("plafond", s),
        None,
        _GOALS,
        True,
    ),
    Figure(
        "objectif_annuel",
        "Projets à sélectionner dans l’année",
        _COUNT,
        _yearly_goal,
        None,
        _GOALS,
        True,
    ),
    Figure(
        "objectif_triennal",
        "Projets à sélectionner en trois ans",
        _COUNT,
        _three_year_goal,
        None,
        _GOALS,
        True,
    ),
)
