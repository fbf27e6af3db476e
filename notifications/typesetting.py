"""Pages set by Typst: one compiler for a template, in a folder with all that it reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import finalize

from notifications.email_html import LETTERHEAD
from notifications.font_coverage import Printable
from notifications.images import Pictures
from notifications.pdf_streams import settled

if TYPE_CHECKING:
    from typst import Compiler

#: Kept for ever, and read aloud: both at once, in each file.
STANDARDS = ("a-2a", "ua-1")
FONTS = LETTERHEAD / "fonts"
_READ = ("*.typ", "*.svg")


class Typesetter:
    """One compiler, used by one thread at a time, in a folder with the templates and pictures."""

    def __init__(self, template: str, folders: Sequence[Path]) -> None:
        self._lock = Lock()
        self._folders = folders
        self._root = Path(mkdtemp(prefix="microprojets-papiers-"))
        finalize(self, shutil.rmtree, self._root, ignore_errors=True)
        self._template = self._root / template
        self._printable = Printable(FONTS / "SourceSans3-Regular.otf")
        self._furnish()
        self.compiler = _compiler(self._template)

    def set_in_type(self, prepare: Callable[[], Mapping[str, str]], at: datetime) -> bytes:
        """One PDF, dated of that moment: the same data give the same bytes.

        `prepare` gives the data, once the folder is sure to be furnished.
        """
        with self._lock:
            made = self.compiler.compile(
                format="pdf",
                sys_inputs=dict(prepare()),
                pdf_standards=list(STANDARDS),
                timestamp=int(at.timestamp()),
            )
        assert isinstance(made, bytes)
        return settled(made)

    def pictures(self) -> Pictures:
        """The pictures of the folder, which some systems empty when it is old."""
        if not self._template.exists():
            self._furnish()
        return self._pictures

    def told(self, content: Mapping[str, Any]) -> str:
        """The data as the template reads them, without what the font cannot print."""
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        if not self._printable.covered.issuperset(map(ord, set(text))):
            text = text.translate(self._printable)
        return text

    def _furnish(self) -> None:
        self._root.mkdir(exist_ok=True)
        for folder in self._folders:
            for path in (path for pattern in _READ for path in folder.glob(pattern)):
                shutil.copy(path, self._root)
        self._pictures = Pictures(self._root)


def _compiler(template: Path) -> Compiler:
    from typst import Compiler, Fonts

    fonts = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return Compiler(template, root=template.parent, font_paths=fonts)
