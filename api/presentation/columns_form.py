"""Choosing the columns of the list: which, and in which order, without any script."""

from __future__ import annotations

from collections.abc import Iterable

from api.presentation.liste import PATH, Looking, requete_of
from api.presentation.listed_columns import BY_KEY, CHOSEN_FROM, on_screen
from api.views.chrome import Link
from api.views.columns import ColumnChoice, ColumnsPage


def columns_page(looking: Looking) -> ColumnsPage:
    """The columns shown, in their order, then the others."""
    shown = [column.key for column in on_screen(looking.columns)[1:]]
    others = [key for key in CHOSEN_FROM if key not in shown]
    requete = requete_of(looking.narrowing)
    return ColumnsPage(
        url=f"{PATH}/colonnes",
        requete=requete,
        shown=tuple(
            ColumnChoice(
                key=key,
                label=BY_KEY[key].label,
                first=rank == 0,
                last=rank == len(shown) - 1,
            )
            for rank, key in enumerate(shown)
        ),
        others=tuple(ColumnChoice(key=key, label=BY_KEY[key].label) for key in others),
        back=Link(label="Liste", url=f"{PATH}?{requete or 'vue=toutes'}"),
    )


def moved(keys: Iterable[str], up: str, down: str) -> list[str]:
    """The columns in their new order: one of them a place earlier, or a place later."""
    order = list(dict.fromkeys(keys))
    for key, step in ((up, -1), (down, 1)):
        if key in order:
            at = order.index(key)
            to = min(max(at + step, 0), len(order) - 1)
            order.insert(to, order.pop(at))
    return order
