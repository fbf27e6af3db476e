"""SQL compiled once for all the databases of a process of tests.

SQLAlchemy compiles a statement once for each engine. The program has one engine for as long as
it runs; a test has its own, and spent half of its time compiling what the one before it had.
With one dialect and one cache for all, tests run statements as the program mostly does: compiled
for another call, with other values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect, Engine, event
from sqlalchemy.util import LRUCache

_STATEMENTS = 5_000


class CompiledOnce:
    """Makes engines that share what they compile with those of the same driver."""

    def __init__(self, create_engine: Callable[..., Engine]) -> None:
        self._create = create_engine
        self._dialects: dict[Any, Dialect] = {}
        self._statements: LRUCache[Any, Any] = LRUCache(_STATEMENTS)

    def __call__(self, *arguments: Any, **options: Any) -> Engine:
        """What `create_engine` makes."""
        engine = self._create(*arguments, **options)
        engine._compiled_cache = self._statements
        own = engine.dialect
        if known := self._dialects.get(own.loaded_dbapi):
            # It has asked a server what it needs to know.
            own.initialize = lambda connection: None  # noqa: ARG005 - named as the method's
            engine.dialect = engine.pool._dialect = known
        else:
            event.listen(engine.pool, "connect", lambda *_: self._know(own), once=True)
        return engine

    def _know(self, dialect: Dialect) -> None:
        self._dialects.setdefault(dialect.loaded_dbapi, dialect)
