"""Addresses written to no more, on the screens of their owners and on a page of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.views.chrome import Link
from api.views.forms import FormView


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedAddress:
    """An address, what is not sent there any more, since when and why.

    `lift_url` is where one writes there again, for who may; `back` where that leads.
    """

    email: str
    title: str
    why: str
    since: datetime
    lift_url: str = ""
    back: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressesPage:
    """Every such address of the organisme, and the form that adds one."""

    back: Link
    rows: tuple[StoppedAddress, ...]
    form: FormView | None = None
    open: bool = False
    more_url: str | None = None
