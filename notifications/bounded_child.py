"""The process that writes edited letters: little time, little memory, nothing to take away.

It holds no secret and no connection. It reads one question at a time, and answers it.
"""

from __future__ import annotations

import json
import struct
import sys
from typing import IO, Any

CPU_SECONDS = 2.0
MEMORY = 512 * 1024 * 1024
_LENGTH = struct.Struct(">I")


def send(stream: IO[bytes], content: Any) -> None:
    """One message: its length, then JSON."""
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next message. Raises EOFError when the other side is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return json.loads(data)


def main() -> None:
    """Answer questions until nobody asks any more."""
    # Loaded before the bounds are set: what they hold is for the letter.
    from notifications.document import read_markdown

    read_markdown("prêt")
    _bind()
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            question = receive(questions)
        except EOFError:
            return
        _hurry(CPU_SECONDS)
        answer = _answer(question)
        _hurry(0)
        send(answers, answer)
        if answer.get("memory"):
            return


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    from notifications.composing import MissingValue, TemplateFault, compose
    from notifications.document_data import data_of
    from notifications.template_names import names_asked

    try:
        if question["ask"] == "names":
            return {"names": names_asked(question["source"])}
        composed = compose(question["source"], question["context"])
        return {"subject": composed.subject, "blocks": data_of(composed.blocks)}
    except MissingValue as error:
        return {"missing": error.names}
    except TemplateFault as error:
        return {"fault": (error.cause, error.line, error.place)}
    except (MemoryError, RecursionError):
        return {"memory": True}


def _bind() -> None:
    """The bounds that the system keeps, where it can."""
    try:
        import resource
    except ImportError:  # Windows has none of them: the other side counts the time.
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _hurry(seconds: float) -> None:
    """After that much work, and no later, the system ends this process; 0 for no hurry."""
    import signal

    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)
