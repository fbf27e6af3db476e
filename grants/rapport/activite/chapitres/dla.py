"""« Dispositif local d'accompagnement »: missions, prestataires, comité d'appui, emplois."""

from __future__ import annotations

from grants.rapport.activite.counting import (
    common,
    different,
    largest_share,
    least,
    mean,
    number,
    rows_of,
    share,
    spread,
    total,
)
from grants.rapport.activite.joined import joined
from grants.rapport.activite.missions import (
    COLLECTIVES,
    INDIVIDUELLES,
    RESTITUTIONS,
    TERMINEES,
)
from grants.rapport.activite.model import Chapter, Compute, Figure, Source, Value
from grants.rapport.activite.seances import seances
from grants.rapport.activite.sight import Sight
from grants.rapport.activite.units import Unit, rounded

DLA = Chapter("dla", "Dispositif local d’accompagnement")
_ONE, _MANY = "Accompagnements individuels", "Accompagnements collectifs"
_ALL, _COMITE, _JOBS = "Prestataires", "Comité d’appui", "Structures accompagnées"
_SCALE = 4
_YEAR_IN_DAYS = 365.25
BOTH = joined("missions_dla", "Missions individuelles et collectives", INDIVIDUELLES, COLLECTIVES)
SEANCES = seances("seances_dla", "Comités d’appui", "dla")
_MARKS = joined("restitutions_dla", "Restitutions", *RESTITUTIONS)
_ENDED = joined("missions_terminees", "Missions terminées", *TERMINEES)


def _share_of_jobs(column: str) -> Compute:
    def compute(sight: Sight) -> Value:
        rows = rows_of(sight, (BOTH,))
        known = [row.values for row in rows if row.values["emplois"] is not None]
        part, whole = (sum(each[key] or 0 for each in known) for key in (column, "emplois"))
        return share(part, whole, f"{part} sur {whole} emplois")

    return compute


def _participants(sight: Sight) -> Value:
    held = sight.rows(SEANCES)
    came = sum(row.values["presents"] for row in held)
    if not held:
        return Value(None)
    return Value(rounded(came * 100, len(held)), note=f"{came} présences")


def _duration(sight: Sight) -> Value:
    """From the first contact to the end of the mission, in years."""
    days = [(row.values["le"] - row.values["ouvert_le"]).days for row in sight.rows(_ENDED)]
    if not days:
        return Value(None)
    average = round(sum(days) / len(days) / _YEAR_IN_DAYS * 100)
    return Value(average, note=f"moyenne sur {len(days)}")


def _of(source: Source, prefix: str, group: str) -> tuple[Figure, ...]:
    """What the report's table says of one kind of mission."""
    return (
        Figure(f"{prefix}.ingenieries", "Missions", Unit.COUNT, number(source), source, group),
        Figure(
            f"{prefix}.structures",
            "Structures",
            Unit.COUNT,
            total("structures", source),
            source,
            group,
        ),
        Figure(
            f"{prefix}.cout_moyen_euros",
            "Coût moyen",
            Unit.EUROS,
            mean("cout", source),
            source,
            group,
        ),
        Figure(
            f"{prefix}.jours_moyens",
            "Jours en moyenne",
            Unit.DAYS,
            mean("jours", source),
            source,
            group,
        ),
        Figure(
            f"{prefix}.prestataires",
            "Prestataires différents",
            *(Unit.COUNT, different("prestataire", source), source, group),
        ),
    )


DLA.add(
    *_of(INDIVIDUELLES, "individuel", _ONE),
    *_of(COLLECTIVES, "collectif", _MANY),
    Figure(
        "prestataires_mobilises",
        "Prestataires mobilisés",
        *(Unit.COUNT, different("prestataire", BOTH), BOTH, _ALL),
    ),
    Figure(
        "prestataires_sur_les_deux",
        "Sur les deux sortes de missions",
        *(Unit.COUNT, common("prestataire", INDIVIDUELLES, COLLECTIVES), BOTH, _ALL),
    ),
    Figure(
        "part_maximale_par_prestataire",
        "Part du plus sollicité",
        *(Unit.PERCENT, largest_share("prestataire", BOTH), BOTH, _ALL),
    ),
    Figure(
        "prestataires_consultes_minimum",
        "Prestataires consultés au moins",
        *(Unit.COUNT, least("consultes", BOTH), BOTH, _ALL),
    ),
    Figure("comites_appui", "Réunions", Unit.COUNT, number(SEANCES), SEANCES, _COMITE),
    Figure(
        "participants_moyens_par_comite",
        "Participants en moyenne",
        *(Unit.MEAN, _participants, SEANCES, _COMITE),
    ),
    Figure("secteurs", "Secteurs", Unit.COUNT, spread("secteur", BOTH), BOTH, _JOBS),
    Figure("emplois_concernes", "Emplois", Unit.COUNT, total("emplois", BOTH), BOTH, _JOBS),
    Figure("part_cdi", "Salariés en CDI", Unit.PERCENT, _share_of_jobs("cdi"), BOTH, _JOBS),
    Figure(
        "part_contrats_aides",
        "Salariés en contrat aidé",
        *(Unit.PERCENT, _share_of_jobs("aides"), BOTH, _JOBS),
    ),
    Figure(
        "satisfaction",
        "Satisfaction",
        *(Unit.MEAN, mean("satisfaction", _MARKS, out_of=_SCALE), _MARKS, _JOBS),
    ),
    Figure(
        "duree_premier_contact_a_finalisation_ans",
        "Du premier contact à la fin de la mission",
        *(Unit.YEARS, _duration, _ENDED, _JOBS),
    ),
)
