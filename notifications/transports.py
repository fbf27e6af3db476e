"""How a message leaves: the contract of every transport, the folder of files, and memory."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Literal, Protocol

_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600

#: `accepte`; `refuse`, for good; `plus_tard`: this message may pass later; `ferme`: the server
#: takes nothing from us just now, whatever the message.
Verdict = Literal["accepte", "refuse", "plus_tard", "ferme"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one attempt. `text` is the server's answer, or what came in the way.

    `no_mailbox`: the address itself is refused, whatever is written to it.
    """

    verdict: Verdict
    text: str
    no_mailbox: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message in its envelope, for one recipient. `name` is what its file would be called."""

    message: EmailMessage
    sender: str
    recipient: str
    name: str

    def as_bytes(self) -> bytes:
        """The message as it travels: lines end with CR LF, everything in seven bits."""
        return self.message.as_bytes(policy=SMTP.clone(cte_type="7bit"))


class Transport(Protocol):
    """Sends one parcel at a time. Never raises for what the other side does."""

    @property
    def metered(self) -> bool:
        """Whether the limit per minute applies."""
        ...

    @property
    def longest_s(self) -> float:
        """How long one attempt may last at most."""
        ...

    def __call__(self, parcel: Parcel) -> Answer:
        """Send one parcel."""
        ...

    def close(self) -> None:
        """Let go of whatever was kept open between two parcels."""


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Writes each message to a file: nothing leaves the machine. The same message, once more,
    replaces its own file."""

    folder: Path
    metered: bool = False
    longest_s: float = 60.0

    def __call__(self, parcel: Parcel) -> Answer:
        """Write the file whole, on the disk, before saying so."""
        try:
            self._write(self.path_of(parcel.name), parcel.as_bytes())
        except OSError as error:
            why = error.strerror or type(error).__name__
            return Answer("ferme", f"Le dossier des courriers ne peut pas être écrit ({why})")
        return Answer("accepte", "Écrit dans le dossier des courriers")

    def path_of(self, name: str) -> Path:
        """Where the message of that name is, once it was sent."""
        return self.folder / f"{name}.eml"

    def _write(self, path: Path, content: bytes) -> None:
        self.folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        unfinished = self.folder / f".{secrets.token_hex(8)}.part"
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _to_disk(self.folder)

    def close(self) -> None:
        """Nothing is kept open."""


def _to_disk(folder: Path) -> None:
    """Make a renaming last, where folders can be synchronised."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(slots=True)
class MemoryTransport:
    """Keeps what it is given, and answers as it is told to: for tests and simulations."""

    answer: Callable[[Parcel], Answer] = lambda _parcel: Answer("accepte", "250 OK")
    metered: bool = False
    longest_s: float = 1.0
    parcels: list[Parcel] = field(default_factory=list)

    def __call__(self, parcel: Parcel) -> Answer:
        """Keep a parcel that is accepted."""
        answer = self.answer(parcel)
        if answer.verdict == "accepte":
            self.parcels.append(parcel)
        return answer

    def close(self) -> None:
        """Nothing is kept open."""
