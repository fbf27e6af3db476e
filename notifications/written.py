"""A letter once it is written, or why it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class WrittenFile(Protocol):
    """A file that a letter carries."""

    @property
    def name(self) -> str:
        """Its name, as the recipient sees it."""
        ...

    @property
    def media_type(self) -> str:
        """What it is, as e-mail says it."""
        ...

    @property
    def content(self) -> bytes:
        """Its bytes."""
        ...


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter as its recipient will read it. `digest` is that of all that he receives.

    `template_id` is the organisme's own version that it was written from, None the original.
    """

    subject: str
    text: str
    html: str
    files: Sequence[WrittenFile]
    digest: str
    template_id: int | None = None


class Incomplete(Exception):
    """A letter lacks values: `names` says which, `labels` what they are called in French."""

    def __init__(self, names: Sequence[str], labels: Sequence[str] = ()) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)
        self.labels = tuple(labels or names)

    @property
    def told(self) -> str:
        """« le site internet de l’organisme, « Date de fin » »."""
        return ", ".join(self.labels)


class Unwritable(Exception):
    """The text of a letter is faulty: `cause` says where and why, in French."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
