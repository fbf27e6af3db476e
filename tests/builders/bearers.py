"""Programs at work: a client of the API with the token of somebody of an office."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from httpx2 import Response

from api.house import House
from grants.organisation.jetons import ECRITURE, LECTURE, REGLAGES, make_token
from grants.organisation.roles import DIRECTION, LECTEUR
from tests.builders.offices import Office
from tests.builders.wire import Client

PREFIX = "/api/v1"
SCOPES = {DIRECTION: REGLAGES, LECTEUR: LECTURE}


class Program:
    """A client of the API, with a token or without."""

    def __init__(self, app: FastAPI, token: str | None = None) -> None:
        self.client = Client(app)
        self.token = token

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """One request; a header's name is written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            named.setdefault("authorization", f"Bearer {self.token}")
        url = path if path.startswith(PREFIX) else PREFIX + path
        if isinstance(body, bytes):
            named.setdefault("content-type", "application/json")
            return self.client.request(method, url, content=body, headers=named)
        return self.client.request(method, url, json=body, headers=named)

    def send(
        self,
        method: str,
        path: str,
        files: Any,
        fields: Mapping[str, str] | None = None,
        **headers: str,
    ) -> Response:
        """One request with files, as a form."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("authorization", f"Bearer {self.token}")
        url = path if path.startswith(PREFIX) else PREFIX + path
        return self.client.request(method, url, data=fields, files=files, headers=named)

    def get(self, path: str, **headers: str) -> Response:
        """Read."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Response:
        """Do."""
        return self.ask("POST", path, body, **headers)


def token_of(
    app: FastAPI, office: Office, role: str, portee: str | None = None, days: int = 30
) -> str:
    """A token of somebody of the office, of the widest scope that he may have."""
    house: House = app.state.house
    wanted = portee or SCOPES.get(role, ECRITURE)
    raw = {"nom": "Essais", "portee": wanted, "jours": str(days)}
    with house.database.unit_of_work() as session:
        now = house.clock() - timedelta(minutes=1)
        return make_token(session, office.identity(role), raw, now)


def program(
    app: FastAPI, office: Office, role: str, portee: str | None = None, days: int = 30
) -> Program:
    """A program of somebody of the office."""
    return Program(app, token_of(app, office, role, portee, days))
