"""The room's screen: the dossier being voted on, who still has to vote, and nothing too early."""

from __future__ import annotations

from api.presentation.seance_head import ROOM, Sitting, head_of
from api.presentation.seance_lines import count_view, line_of
from api.presentation.seance_votes import awaited_of
from api.views.sitting_votes import RoomPage


def room_page(sitting: Sitting) -> RoomPage:
    """What the president and the room see now."""
    items = sitting.sight.items
    under_way = next((n for n, each in enumerate(items) if each.is_open), None)
    latest = _latest(sitting)
    shown = under_way if under_way is not None else latest
    waiting = (n for n, each in enumerate(items) if each.etat == "attendu")
    after = next(waiting, None)
    item = items[shown] if shown is not None else None
    chair_id = sitting.sight.subject.row["preside_id"]
    chair = sitting.sight.room.member(chair_id) if chair_id else None
    return RoomPage(
        head=head_of(sitting, ROOM),
        line=line_of(sitting, item, shown + 1) if item and shown is not None else None,
        count=count_view(sitting.sight.regles.mots, item) if item else None,
        awaited=awaited_of(sitting, item) if item and item.is_open else (),
        aside=item.aside if item else (),
        next=line_of(sitting, items[after], after + 1) if after is not None else None,
        done=sum(each.is_closed for each in items),
        whole=len(items),
        url=f"{sitting.url}{ROOM}",
        presides=chair.nom if chair else "",
    )


def _latest(sitting: Sitting) -> int | None:
    """The dossier whose vote was closed last."""
    items = sitting.sight.items
    closed = [n for n, each in enumerate(items) if each.is_closed]
    return max(closed, key=lambda n: items[n].passage["clos_le"], default=None)
