"""Visitors of the application: a browser that keeps its cookies and sends its forms' token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

import httpx2
from fastapi import FastAPI

from api.cookies import SESSION, cookie_name
from api.house import House
from api.visit import lifetime
from grants.organisation.accounts import Account
from grants.organisation.connexions import open_connexion
from tests.builders.offices import NOW, PASSWORD
from tests.builders.wire import Client

AT_HOME = "http://127.0.0.1:8000"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
Answer = httpx2.Response


class Clock:
    """A clock that only moves when told to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


class Visitor:
    """One browser. Redirections are not followed, and faults of the application are answers."""

    def __init__(self, app: FastAPI, base_url: str = AT_HOME, **headers: str) -> None:
        self.app = app
        self.house: House = app.state.house
        self._tokens: dict[str, str] = {}
        self.client = Client(app, base_url, headers)

    def get(self, url: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self.client.get(url, headers=headers)

    def post(self, url: str, data: Mapping[str, Any] | None = None, **headers: str) -> Answer:
        """Send a form of ours, its token included."""
        fields = dict(data or {})
        if "csrf_token" not in fields:
            fields["csrf_token"] = self.token()
        return self.client.post(url, data=fields, headers=headers)

    def send(
        self, url: str, body: bytes, kind: str = "application/x-www-form-urlencoded"
    ) -> Answer:
        """Send bytes that no form of ours would."""
        return self.client.post(url, content=body, headers={"content-type": kind})

    def token(self) -> str:
        """The token that this browser's forms carry, read on a page of ours once per session."""
        session = self.client.cookies.get(cookie_name(self.house.settings, SESSION), "")
        if not session:
            return self.token_on("/connexion", "/demarrage")
        if session not in self._tokens:
            self._tokens[session] = self.token_on("/une-page-qui-n-existe-pas")
        return self._tokens[session]

    def token_on(self, *urls: str) -> str:
        """The token of the first form found on these pages."""
        for url in urls:
            if shown := _TOKEN.search(self.get(url).text):
                return shown[1]
        raise AssertionError(f"no form on {urls}")

    def sign_in(self, email: str, password: str = PASSWORD, suite: str = "") -> Answer:
        """Fill in the sign-in form."""
        fields = {"email": email, "mot_de_passe": password, "suite": suite}
        return self.post("/connexion", {"csrf_token": self.token_on("/connexion"), **fields})

    def enter(self, account: Account, organisme_id: int) -> Self:
        """Be signed in without the form."""
        with self.house.database.unit_of_work() as session:
            secret = open_connexion(
                session,
                account.id,
                organisme_id,
                self.house.clock(),
                lifetime(self.house.settings),
            )
        self.client.cookies.set(cookie_name(self.house.settings, SESSION), secret, "127.0.0.1")
        return self

    def is_signed_in(self) -> bool:
        """Whether the application knows who this is."""
        return self.get("/").headers.get("location") == "/aujourdhui"
