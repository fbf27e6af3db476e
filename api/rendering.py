"""Pages from templates: one environment, that refuses what a page forgot to give."""

from __future__ import annotations

import hashlib
from pathlib import Path

from api.templating import environment_of
from api.views.chrome import Chrome

TEMPLATES = Path(__file__).parent.parent / "templates"
STATIC = Path(__file__).parent / "static"
STATIC_URL = "/static"
_DIGITS = 12


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


class Pages:
    """What turns a view model into HTML. `reload` reads changed templates again, for authors."""

    def __init__(
        self,
        templates: Path = TEMPLATES,
        static: StaticFiles | None = None,
        *,
        reload: bool = False,
    ) -> None:
        self._environment = environment_of(templates, reload=reload)
        self._environment.filters["static_url"] = (static or StaticFiles()).address

    def render(self, template: str, view: object, chrome: Chrome) -> str:
        """The page: in the template, `page` is the view model and `chrome` what surrounds it."""
        return self._environment.get_template(template).render(page=view, chrome=chrome)
