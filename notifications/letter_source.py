"""The text of a letter as it is kept and edited: its subject, then what it says."""

from __future__ import annotations

import hashlib

SUBJECT_LINE = "Objet :"
_LINE_END = "\n"


def join_source(subject: str, body: str) -> str:
    """The source of a letter: its subject on the first line, its text under an empty one."""
    return f"{SUBJECT_LINE} {' '.join(subject.split())}\n\n{body.strip(_LINE_END)}\n"


def split_source(source: str) -> tuple[str, str]:
    """The subject and the text of a source. Raises ValueError without a subject."""
    first, _, body = source.partition("\n")
    if not first.startswith(SUBJECT_LINE):
        raise ValueError(SUBJECT_LINE)
    return first.removeprefix(SUBJECT_LINE).strip(), body.strip(_LINE_END) + "\n"


def digest_of_source(source: str) -> str:
    """What tells one version of a letter's subject and text from another."""
    return hashlib.sha256(source.encode()).hexdigest()
