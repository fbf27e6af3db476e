"""The period that « Pilotage » looks at, and the one that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from api.views.fields import FieldView
from api.views.listing import FilterBar, Tab
from grants.rapport.periods import Period
from workflow.dates import DateFault, format_date, parse_date
from workflow.pipeline import Pipeline

PATH = "/pilotage"
#: The pairs of an address: the period, and the one compared with.
DAYS = (("du", "au"), ("avec_du", "avec_au"))
_LABELS = {"du": "Du", "au": "Au", "avec_du": "Comparé du", "avec_au": "au"}


@dataclass(frozen=True, slots=True)
class PeriodAsked:
    """The periods of an address, what was typed, and what of it could not be read."""

    period: Period
    compared: Period | None
    typed: Mapping[str, str]
    faults: Mapping[str, str]


def read_period(query: Mapping[str, str], today: date) -> PeriodAsked:
    """The days typed; the present year without any, compared with nothing."""
    typed = {name: query.get(name, "") for pair in DAYS for name in pair}
    faults: dict[str, str] = {}
    period, compared = (_read(typed, pair, faults) for pair in DAYS)
    present = Period(date(today.year, 1, 1), date(today.year, 12, 31))
    return PeriodAsked(period or present, compared, typed, faults)


def _read(typed: Mapping[str, str], pair: tuple[str, str], faults: dict[str, str]) -> Period | None:
    days: dict[str, date] = {}
    for name in pair:
        if typed[name]:
            try:
                days[name] = parse_date(typed[name])
            except DateFault as fault:
                faults[name] = str(fault)
    since, until = (days.get(name) for name in pair)
    if since and until and since > until:
        faults[pair[1]] = "La période finirait avant de commencer."
        return None
    return Period(since, until) if days else None


def year_before(period: Period) -> Period:
    """The same days a year earlier."""
    return Period(*(day and _year_before(day) for day in (period.since, period.until)))


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - 1, day=28)


def period_words(period: Period) -> str:
    """« année 2026 », « du 1er mars 2026 au 12 mai 2026 », « depuis le début »."""
    since, until = period.since, period.until
    if since and until and (since.month, since.day, until.month, until.day) == (1, 1, 12, 31):
        return f"année {since.year}" if since.year == until.year else f"{since.year}–{until.year}"
    if since and until:
        return f"du {format_date(since)} au {format_date(until)}"
    if since:
        return f"depuis le {format_date(since)}"
    return f"jusqu’au {format_date(until)}" if until else "depuis le début"


def shortcuts(pipeline: Pipeline, asked: PeriodAsked, today: date) -> tuple[Tab, ...]:
    """The periods that people ask for most; what it is compared with is asked again after."""
    year = today.year
    periods = (
        ("Cette année", Period(date(year, 1, 1), date(year, 12, 31))),
        ("L’année dernière", Period(date(year - 1, 1, 1), date(year - 1, 12, 31))),
        ("12 derniers mois", Period(today - timedelta(days=365), today)),
        ("2009", Period(date(2009, 1, 1), date(2009, 12, 31))),
    )
    return tuple(
        Tab(label=label, url=_url(pipeline, period), present=period == asked.period)
        for label, period in periods
    )


def comparisons(pipeline: Pipeline, asked: PeriodAsked) -> tuple[Tab, ...]:
    """Compared with nothing, or with the same days of the year before."""
    before = year_before(asked.period)
    return (
        Tab(
            label="Sans comparaison",
            url=_url(pipeline, asked.period),
            present=asked.compared is None,
        ),
        Tab(
            label="Avec un an plus tôt",
            url=_url(pipeline, asked.period, before),
            present=asked.compared == before,
        ),
    )


def period_bar(pipeline: Pipeline, asked: PeriodAsked) -> FilterBar:
    """The form that chooses both periods."""
    shown: dict[str, date | None] = {}
    for pair, period in zip(DAYS, (asked.period, asked.compared), strict=True):
        days = (period.since, period.until) if period else (None, None)
        shown |= dict(zip(pair, days, strict=True))
    fields = tuple(
        FieldView(
            name=name,
            label=_LABELS[name],
            type="date",
            value=asked.typed[name] or (day.isoformat() if day else ""),
            error=asked.faults.get(name, ""),
            scope="periode",
        )
        for name, day in shown.items()
    )
    return FilterBar(url=PATH, fields=fields, keep=(("dispositif", pipeline.key),))


def _url(pipeline: Pipeline, period: Period, compared: Period | None = None) -> str:
    pairs = {"dispositif": pipeline.key}
    for names, days in zip(DAYS, (period, compared), strict=True):
        given = (days.since, days.until) if days else (None, None)
        pairs |= {
            name: day.isoformat() for name, day in zip(names, given, strict=True) if day is not None
        }
    return f"{PATH}?{urlencode(pairs)}"
