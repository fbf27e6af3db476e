"""What a search shows: groups of hits, with the words met marked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a text; `met` when it is what was looked for."""

    text: str
    met: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing found. Without an address there is nowhere to see it."""

    title: tuple[Part, ...]
    detail: tuple[Part, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HitGroup:
    """The hits of one kind. `icon` is a name known to `components/icons.html`."""

    key: str
    label: str
    icon: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecherchePage:
    """A search: what was typed, what is wrong with it, what it found.

    `instead` are the spellings that were looked for in place of the words typed; `all_url` leads
    to more hits of each kind, where only the first ones are shown.
    """

    text: str
    longest: int
    error: str = ""
    groups: tuple[HitGroup, ...] = ()
    instead: tuple[str, ...] = ()
    all_url: str | None = None

    @property
    def count(self) -> int:
        """How many hits are shown."""
        return sum(len(group.hits) for group in self.groups)
