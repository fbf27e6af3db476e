"""One thing wrong in a file that describes a pipeline or a letter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Where, what, and what to do."""

    file: str
    key: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file} · {self.key} : {self.problem} → {self.remedy}"
