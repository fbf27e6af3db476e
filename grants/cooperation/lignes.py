"""Answers that hold one thing a line: « nom ; structure ; jours », typed or pasted from a sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workflow.field_contract import FieldFault, FieldSpec, FieldType, JsonSchema
from workflow.texts import InputFault, clean_text

MOST_LINES, LONGEST, LONGEST_CELL = 500, 20_000, 200
_BETWEEN = re.compile(r"[;\t]")
_JOIN = " ; "


class TooManyLines(FieldFault):
    """Une fiche garde 500 lignes au plus. Répartissez-les sur plusieurs dossiers."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a line: what it is called, and how it is written once it was read."""

    label: str
    read: Callable[[str], str]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Lines:
    """A type of field whose answer is lines of the same cells. `example` shows one of them."""

    key: str
    cells: tuple[Cell, ...]
    example: str

    def field_type(self) -> FieldType:
        """The type as pipeline files name it: kept as text, each line written the same way."""
        return FieldType(key=self.key, read=self._read, describe=self._describe, show=_show)

    def rows(self, kept: str | None) -> list[list[str]]:
        """The cells of each line of an answer that was kept."""
        return [[cell.strip() for cell in line.split(";")] for line in (kept or "").splitlines()]

    def _read(self, text: str, _spec: FieldSpec) -> str:
        cleaned = clean_text(text, longest=LONGEST, multiline=True)
        lines = [line for line in cleaned.splitlines() if _BETWEEN.sub("", line).strip()]
        if len(lines) > MOST_LINES:
            raise TooManyLines
        written = [self._line(number, line) for number, line in enumerate(lines, start=1)]
        for number, line in enumerate(written, start=1):
            if line in written[: number - 1]:
                raise FieldFault(f"Ligne {number} : elle est écrite deux fois. Retirez-en une.")
        return "\n".join(written)

    def _line(self, number: int, line: str) -> str:
        cells = [cell.strip() for cell in _BETWEEN.split(line)]
        if len(cells) > len(self.cells):
            labels = _JOIN.join(cell.label for cell in self.cells)
            raise FieldFault(f"Ligne {number} : écrivez seulement « {labels} ».")
        cells += [""] * (len(self.cells) - len(cells))
        read = (
            self._cell(number, cell, text) for cell, text in zip(self.cells, cells, strict=True)
        )
        return _JOIN.join(read).replace(";  ;", "; ;").rstrip(" ;")

    def _cell(self, number: int, cell: Cell, text: str) -> str:
        if not text:
            if cell.required:
                told = f"indiquez {cell.label}, comme « {self.example} »."
                raise FieldFault(f"Ligne {number} : {told}")
            return ""
        try:
            return cell.read(clean_text(text, longest=LONGEST_CELL))
        except InputFault as fault:
            raise FieldFault(f"Ligne {number}, {cell.label} : {fault}") from None

    def _describe(self, _spec: FieldSpec) -> JsonSchema:
        return {"maxLength": LONGEST, "examples": [self.example]}


def _show(value: Any, _spec: FieldSpec) -> str:
    return str(value)
