"""The list as SQL written by hand and one Jinja2 template, on FastAPI and uvicorn as the house.

It asks as little as the page allows: who comes and where in one statement, the totals and the
tabs in another, no transaction around reads.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import uvicorn
from fastapi import FastAPI, Request
from jinja2 import Environment, FileSystemLoader
from sqlalchemy.engine import make_url
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.composition import build_engine
from api.security import HEADERS
from benchmarks.list_peers.content import (
    LONGEST_UNUSED_S,
    PAGE,
    Line,
    choices_of,
    context_of,
    limits_of,
    require_first_sight,
    rows_of,
    stages_of,
    today,
)
from workflow.database import sqlite_module

URL, PORT, FOLDER = "BENCH_LIST_URL", "BENCH_LIST_PORT", "BENCH_LIST_TEMPLATES"

_WHO = """
SELECT c.id, c.nom, c.email, a.role, o.id, o.nom, o.territoire, x.csrf, x.vue_le, x.expire_le
FROM connexion x JOIN compte c ON c.id = x.compte_id
JOIN adhesion a ON a.compte_id = c.id AND a.organisme_id = x.organisme_id
JOIN organisme o ON o.id = x.organisme_id
WHERE x.digest = ? AND a.active"""
_PREFERENCE = (
    "SELECT colonnes, vue_id FROM preference_liste WHERE organisme_id = ? AND compte_id = ?"
)
_VUES = """
SELECT v.id, v.nom, v.requete, v.partagee FROM vue v
WHERE v.organisme_id = ? AND (v.compte_id = ? OR v.partagee) ORDER BY v.nom_cle, v.id"""
_LINES = """
SELECT d.id, d.reference, d.stage, d.stage_since, d.titre, s.nom, p.nom, c.nom,
    d.commune, d.departement, d.montant_demande, d.montant_accorde
FROM dossier d LEFT JOIN structure s ON s.id = d.structure_id
LEFT JOIN personne p ON p.id = d.porteur_id LEFT JOIN compte c ON c.id = d.referent_id
WHERE d.organisme_id BETWEEN ? AND ? AND d.pipeline = ?
ORDER BY d.organisme_id DESC, d.id DESC LIMIT 51"""
_LINES_OF_A_STAGE = """
SELECT d.id, d.reference, d.stage, d.stage_since, d.titre, s.nom, p.nom, c.nom,
    d.commune, d.departement, d.montant_demande, d.montant_accorde
FROM dossier d LEFT JOIN structure s ON s.id = d.structure_id
LEFT JOIN personne p ON p.id = d.porteur_id LEFT JOIN compte c ON c.id = d.referent_id
WHERE d.organisme_id = ? AND d.pipeline = ? AND d.stage = ? ORDER BY d.id DESC LIMIT 51"""
_COUNTS = """
SELECT pipeline, stage, sum(nombre), sum(demande), sum(accorde) FROM compteur_present
WHERE organisme_id = ? GROUP BY pipeline, stage"""
_TAGS = """
SELECT b.dossier_id, e.id, e.nom FROM dossier_etiquette b JOIN etiquette e ON e.id = b.etiquette_id
WHERE b.organisme_id = ? AND b.dossier_id IN ({marks}) ORDER BY e.nom_cle"""
_REFERENTS = """
SELECT c.id, c.nom FROM compte c JOIN adhesion a ON a.compte_id = c.id
WHERE a.active AND a.role IN ('assistant', 'charge_de_mission', 'direction')
    AND a.organisme_id = ? ORDER BY c.nom"""
_DEPARTEMENTS = """
SELECT departement FROM compteur_present WHERE organisme_id = ?
GROUP BY departement HAVING sum(nombre) <> 0"""
_ALL_TAGS = "SELECT id, nom FROM etiquette WHERE organisme_id = ? ORDER BY nom_cle"


_HEADERS = {"Cache-Control": "private, no-cache", **HEADERS}


class Store:
    """One connection per thread, on the bare driver."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._on_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._local = threading.local()

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Every row of a SELECT."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._open()
        if not self._on_sqlite:
            sql = sql.replace("?", "%s")
        return connection.execute(sql, values).fetchall()

    def instant(self, kept: Any) -> datetime:
        """An instant as the database keeps it."""
        return datetime.fromisoformat(kept).replace(tzinfo=UTC) if self._on_sqlite else kept

    def _open(self) -> Any:
        if self._on_sqlite:
            path = make_url(self._url).database or ""
            opened = sqlite_module().connect(path, isolation_level=None, check_same_thread=False)
            opened.execute("PRAGMA cache_size=-8000")
            return opened
        url = self._url.replace("+psycopg", "")
        return psycopg.connect(url, autocommit=True, options="-c timezone=utc")


class Site:
    """The page."""

    def __init__(self, url: str, templates: Path) -> None:
        self._store = Store(url)
        engine = build_engine()
        self._stages = {each.key: stages_of(each) for each in engine.catalogue.current()}
        environment = Environment(
            loader=FileSystemLoader(templates), autoescape=True, trim_blocks=True, auto_reload=False
        )
        self._templates = {
            stage: environment.get_template(f"liste-{stage or 'toutes'}.html")
            for stage in (None, "cts")
        }

    def liste(self, request: Request) -> Response:
        """The first page of a pipeline, of one stage when it is asked for."""
        who = self._who(request.cookies.get("microprojets_session", ""))
        if who is None:
            return RedirectResponse("/connexion", status_code=303)
        pipeline = request.query_params.get("dispositif", "microprojets")
        stage = request.query_params.get("etape")
        html = self._templates[stage].render(self._context(who, pipeline, stage))
        return HTMLResponse(html, headers=_HEADERS)

    def _who(self, secret: str) -> tuple[Any, ...] | None:
        found = self._store.rows(_WHO, hashlib.sha256(secret.encode()).hexdigest())
        if not found:
            return None
        seen, expires = map(self._store.instant, found[0][8:])
        now = datetime.now(UTC)
        over = now >= expires or (now - seen).total_seconds() >= LONGEST_UNUSED_S
        return None if over else found[0]

    def _context(self, who: tuple[Any, ...], pipeline: str, stage: str | None) -> dict[str, Any]:
        compte, nom, _email, _role, organisme, organisme_nom, territoire, csrf, *_ = who
        rows, store = self._store.rows, self._store
        day, stages = today(), self._stages[pipeline]
        preference = rows(_PREFERENCE, organisme, compte)
        require_first_sight(preference, rows(_VUES, organisme, compte))
        if stage:
            found = rows(_LINES_OF_A_STAGE, organisme, pipeline, stage)
        else:  # a span of one organisme, so that PostgreSQL follows its index as the house does
            found = rows(_LINES, organisme, organisme, pipeline)
        lines = [Line._make((*row[:3], store.instant(row[3]), *row[4:])) for row in found[:PAGE]]
        tags: dict[int, list[tuple[int, str]]] = {}
        marks = ", ".join("?" * len(lines))
        for dossier, id, label in rows(
            _TAGS.format(marks=marks), organisme, *[line.id for line in lines]
        ):
            tags.setdefault(dossier, []).append((id, label))
        return context_of(
            {"nom": nom, "organisme": organisme_nom, "csrf": csrf},
            rows_of(lines, tags, stages, limits_of(stages, day, territoire), day),
            rows(_COUNTS, organisme),
            (pipeline, stage),
            key=secrets.token_urlsafe(16),
            referents=rows(_REFERENTS, organisme),
            departements=choices_of(code for (code,) in rows(_DEPARTEMENTS, organisme)),
            etiquettes=rows(_ALL_TAGS, organisme),
        )


def main() -> None:
    """Serve the page."""
    site = Site(os.environ[URL], Path(os.environ[FOLDER]))
    app = FastAPI(openapi_url=None)
    app.get("/liste")(site.liste)
    uvicorn.run(app, port=int(os.environ[PORT]), lifespan="off", server_header=False)


if __name__ == "__main__":
    main()
