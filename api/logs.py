"""The log: one line per event on the error output, readable or JSON."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Generator

_SHOWN = logging.INFO
# uvicorn tells each incident again, with its message, which may hold what somebody typed.
_ALREADY_TOLD = "Exception in ASGI application"


@contextmanager
def _without_rich() -> Generator[None]:
    """structlog looks for rich so as to colour tracebacks, which are plain text here.

    Loading it, with the Markdown and the lexers that it brings, took a tenth of a start.
    """
    if "rich" in sys.modules:
        yield
        return
    sys.modules["rich"] = None  # ty: ignore[invalid-assignment] - « there is none », to an import
    try:
        yield
    finally:
        del sys.modules["rich"]


with _without_rich():
    import structlog


def configure_logs(form: Literal["lisible", "json"]) -> None:
    """Send the program's events, and the libraries' warnings, to the same place and shape."""
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(_SHOWN),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[_without_record, renderer], foreign_pre_chain=shared
        )
    )
    handler.addFilter(_is_new)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)


def _without_record(logger: Any, name: str, event: Any) -> Any:
    return structlog.stdlib.ProcessorFormatter.remove_processors_meta(logger, name, event)


def _is_new(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(_ALREADY_TOLD)
