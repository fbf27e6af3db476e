"""Tables on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from grants.demonstration.comptes import DemoAccount


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table under its title; where there is no terminal, lines are never cut."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    table = Table(*columns, title=title, title_justify="left", box=SIMPLE_HEAD)
    for row in rows:
        table.add_row(*row)
    console.print(table, markup=False)


def show_accounts(accounts: Sequence[DemoAccount]) -> None:
    """Who one can sign in as, in the demonstration."""
    show_table(
        "Comptes de démonstration",
        ("Organisme", "Rôle", "E-mail", "Mot de passe"),
        [(each.organisme, each.role, each.email, each.password) for each in accounts],
    )
