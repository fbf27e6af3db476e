"""The compiler alone: the template of the house, its data ready beforehand, nothing around."""

from __future__ import annotations

from notifications.pdf import STANDARDS, Printer, Sheet


class BareCompiler:
    """One `typst.Compiler`, as a program without anything of ours would use it."""

    def __init__(self) -> None:
        self._printer = Printer()

    def prepare(self, sheet: Sheet) -> dict[str, str]:
        """The data of a letter; not measured."""
        return self._printer.prepared([sheet])

    def compile(self, inputs: dict[str, str]) -> bytes:
        """The file; measured."""
        made = self._printer.compiler.compile(
            format="pdf", sys_inputs=inputs, pdf_standards=list(STANDARDS), timestamp=0
        )
        assert isinstance(made, bytes)
        return made
