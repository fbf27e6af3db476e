"""The frame of the pages of a séance: read once, with its tabs and what was just refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.presentation.fields import Asking, Typed
from api.presentation.stages import badge
from api.views.chrome import Link
from api.views.listing import Tab
from api.views.sheets import Entry
from api.views.sitting import SittingHead
from api.visit import Visit
from grants.comites.horaires import is_afterwards
from grants.comites.queries import seance_name
from grants.comites.reading import read_sitting
from grants.comites.sight import Sight, sight_of
from workflow.dates import format_date, format_datetime, to_paris

LIST = "/seances"
BACK = Link(label="Séances", url=LIST)
AGENDA, ROLL, VOTES, DECISIONS, MINUTES, ROOM = (
    "",
    "/presences",
    "/votes",
    "/decisions",
    "/pv",
    "/salle",
)

_LATE = {
    "convoquee": "Cette séance était prévue le {jour}. Si elle se tient un autre jour, changez"
    " d’abord sa date avec « Modifier la séance ». Si elle s’est tenue ce jour-là, ouvrez-la pour"
    " la noter après coup : ses heures et son procès-verbal seront ceux de ce jour.",
    "ouverte": "La séance du {jour} est notée après coup : une arrivée sans heure vaut l’heure"
    " prévue, et chaque départ demande la sienne. Notez les départs une fois les votes clos.",
}


@dataclass(frozen=True, slots=True)
class Came:
    """A form that came back: which one, what was typed, and everything that stands against it."""

    form: str = ""
    typed: Typed | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    reasons: tuple[str, ...] = ()

    def of(self, form: str) -> Came:
        """What came back of that form; nothing where it was another."""
        return self if self.form == form else Came()


@dataclass(frozen=True, slots=True)
class Sitting:
    """What every page of a séance is made from."""

    asking: Asking
    visit: Visit
    sight: Sight
    came: Came

    @property
    def url(self) -> str:
        """The address of the séance."""
        return f"{LIST}/{self.sight.subject.id}"

    @property
    def may_write(self) -> bool:
        """Whether the visitor runs the séance."""
        return self.visit.identity.may_write

    def ask(self, form: str) -> Asking:
        """Where the questions of one form are asked, with what came back of it."""
        back = self.came.of(form)
        return Asking(
            self.asking.connection,
            self.asking.engine,
            self.asking.organisme_id,
            scope=form,
            typed=back.typed,
            faults=back.faults,
        )


def open_sitting(asking: Asking, visit: Visit, id: int, came: Came | None = None) -> Sitting:
    """The séance as it stands. Raises NotFound."""
    subject = read_sitting(asking.connection, asking.organisme_id, id, lock=False)
    sight = sight_of(asking.connection, asking.engine, subject, visit.now)
    return Sitting(asking, visit, sight, came or Came())


def head_of(sitting: Sitting, present: str, *drawn: str) -> SittingHead:
    """The top of the page. `present` is the part of the address that names the tab.

    `drawn`: the forms of the page; what is wrong with one that it no longer shows is told here.
    """
    sight, url = sitting.sight, sitting.url
    subject, row = sight.subject, sight.subject.row
    pipeline = sitting.asking.engine.machine(subject).pipeline
    chair = sight.room.member(row["preside_id"]) if row["preside_id"] else None
    before = subject.stage in ("preparation", "convoquee", "reportee", "ouverte")
    return SittingHead(
        title=seance_name(row),
        stage=badge(pipeline, subject.stage),
        at=row["tenue_le"],
        facts=(
            Entry(label="Date et heure", value=format_datetime(row["tenue_le"])),
            Entry(label="Lieu", value=row["lieu"], missing=not row["lieu"]),
            Entry(label="Présidence", value=chair.nom if chair else "", missing=chair is None),
        ),
        tabs=_tabs(sitting, present),
        back=BACK,
        url=url,
        mots=sight.regles.mots,
        edit_url=f"{url}/modifier" if sitting.may_write and before else None,
        room_url=f"{url}{ROOM}" if sight.holds else None,
        lien_visio=row["lien_visio"],
        notice=sitting.came.notice,
        late=_late(sitting),
        reasons=_reasons(sitting.came, drawn),
    )


def _late(sitting: Sitting) -> str:
    """What is to be known of a séance whose day is over, before it is opened and after."""
    subject = sitting.sight.subject
    told = _LATE.get(subject.stage, "")
    if not told or not sitting.may_write or not is_afterwards(subject, sitting.visit.now):
        return ""
    return told.format(jour=format_date(to_paris(subject.row["tenue_le"]).date()))


def _reasons(came: Came, drawn: Sequence[str]) -> tuple[str, ...]:
    """Every sentence that no form of the page tells."""
    return (
        () if came.form in drawn else tuple(dict.fromkeys((*came.reasons, *came.faults.values())))
    )


def _tabs(sitting: Sitting, present: str) -> tuple[Tab, ...]:
    labels = (
        (AGENDA, "Ordre du jour"),
        (ROLL, "Présences"),
        (VOTES, "Votes"),
        (DECISIONS, sitting.sight.regles.mots.noms),
        (MINUTES, "Procès-verbal"),
    )
    return tuple(
        Tab(label=label, url=f"{sitting.url}{part}", present=part == present)
        for part, label in labels
    )
