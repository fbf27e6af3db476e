"""The note on a dossier, page by page: the project, then its money and the chargé’s view."""

from __future__ import annotations

from sqlalchemy import Connection

from api.guests import Guest
from api.guides import SEANCE_PATH
from api.presentation.hearings import Back, entry
from api.views.chrome import Link
from api.views.ma_seance import LecturePage
from grants.comites.agenda import read_passage
from grants.comites.member_sight import Hearing, hearings_of
from grants.comites.papiers.notes import Passing, note_of
from grants.comites.queries import seance_name
from workflow.engine import Engine

PAGES = 2


def lecture(
    connection: Connection,
    engine: Engine,
    guest: Guest,
    dossier_id: int,
    number: int,
    back: Back | None = None,
) -> LecturePage:
    """One page. Nothing of the note is there for who stepped aside.

    Raises NotFound, NotOnTheAgenda.
    """
    place = guest.place
    read_passage(connection, place.subject, dossier_id)
    hearings = hearings_of(connection, place, guest.now)
    rank = next(n for n, each in enumerate(hearings) if each.dossier_id == dossier_id)
    hearing, number = hearings[rank], min(max(number, 1), PAGES)
    passing = Passing(hearing.passage, hearing.at, hearing.minutes)
    here = f"{SEANCE_PATH}/{place.subject.id}"
    return LecturePage(
        organisme=guest.organisme_nom,
        title=seance_name(place.subject.row),
        back=Link(label="Tous les dossiers", url=f"{here}#dossier-{dossier_id}"),
        entry=entry(guest, hearing, rank + 1, back),
        number=number,
        last=1 if hearing.aside else PAGES,
        total=len(hearings),
        previous=_before(here, hearings, rank, number),
        following=_after(here, hearings, rank, number),
        told=None
        if hearing.aside
        else note_of(connection, engine, place.subject.tenant_id, passing, guest.now),
    )


def _before(here: str, hearings: tuple[Hearing, ...], rank: int, number: int) -> Link | None:
    """The page before this one: of the same dossier, or the last one of the dossier before."""
    if number > 1 and not hearings[rank].aside:
        return Link(label="Page 1", url=_page(here, hearings[rank], 1))
    if rank == 0:
        return None
    other = hearings[rank - 1]
    return Link(label="Dossier précédent", url=_page(here, other, 1 if other.aside else PAGES))


def _after(here: str, hearings: tuple[Hearing, ...], rank: int, number: int) -> Link | None:
    """The page after this one, up to the last page of the last dossier."""
    if number < PAGES and not hearings[rank].aside:
        return Link(label="Page suivante", url=_page(here, hearings[rank], number + 1))
    if rank + 1 == len(hearings):
        return None
    return Link(label="Dossier suivant", url=_page(here, hearings[rank + 1], 1))


def _page(here: str, hearing: Hearing, number: int) -> str:
    return f"{here}/dossiers/{hearing.dossier_id}" + (f"?page={number}" if number > 1 else "")
