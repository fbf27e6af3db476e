"""Pages from templates: one environment, that refuses what a page forgot to give."""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from api.views.chrome import Chrome
from api.wording import FILTERS

TEMPLATES = Path(__file__).parent.parent / "templates"
STATIC = Path(__file__).parent / "static"
STATIC_URL = "/static"
_DIGITS = 12
_OPTIONS: dict[str, Any] = {
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
}


class StaticFiles:
    """The addresses of static files: each carries a digest, so that it may be kept for a year."""

    def __init__(self, folder: Path = STATIC, url: str = STATIC_URL) -> None:
        self._folder = folder
        self._url = url
        self._known: dict[str, str] = {}

    def address(self, path: str) -> str:
        """The address of a file; FileNotFoundError when the template names one that is not."""
        if path not in self._known:
            digest = hashlib.sha256((self._folder / path).read_bytes()).hexdigest()
            self._known[path] = f"{self._url}/{path}?v={digest[:_DIGITS]}"
        return self._known[path]


class CompiledTemplates(FileSystemBytecodeCache):
    """What compiling the templates gave, kept beside them as Python keeps its own modules.

    A start then reads it instead of compiling again. Where nothing may be written, nothing is
    kept; what another version of Jinja or other options gave is another file.
    """

    def __init__(self, templates: Path) -> None:
        made_with = f"{jinja2.__version__}{sorted(FILTERS)}{_OPTIONS}"
        tag = hashlib.sha256(made_with.encode()).hexdigest()[:_DIGITS]
        super().__init__(str(templates / "__pycache__"), f"%s.{tag}.jinja")

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one template, where that is possible."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                Path(self.directory).mkdir(exist_ok=True)
                super().dump_bytecode(bucket)


class Pages:
    """What turns a view model into HTML. `reload` reads changed templates again, for authors."""

    def __init__(
        self,
        templates: Path = TEMPLATES,
        static: StaticFiles | None = None,
        *,
        reload: bool = False,
    ) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            auto_reload=reload,
            bytecode_cache=CompiledTemplates(templates),
            **_OPTIONS,
        )
        address = (static or StaticFiles()).address
        self._environment.filters.update({**FILTERS, "static_url": address})

    def render(self, template: str, view: object, chrome: Chrome) -> str:
        """The page: in the template, `page` is the view model and `chrome` what surrounds it."""
        return self._environment.get_template(template).render(page=view, chrome=chrome)
