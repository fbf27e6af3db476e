"""Browsers that move dossiers over HTTP without rest, and remember what they were told."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

PATIENCE_S = 60
_FAR = 8
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_ANYTHING_LOST = (http.client.HTTPException, OSError)

#: What can be done from each stage, beside going back.
WAYS = {
    "contact": ("accueillir", "classer_sans_suite"),
    "accueil": ("classer_sans_suite",),
    "sans_suite": ("reactiver",),
}


@dataclass(slots=True)
class Asked:
    """One move that was asked for, under a name that the journal will give back."""

    dossier: int
    action: str
    name: str
    version: int | None = None
    attempts: int = 0
    told: str = "rien"  # « fait » or « refusé » once the server has answered


@dataclass(slots=True)
class OwnDossier:
    """A dossier that only one walker moves: he knows where it stands."""

    id: int
    version: int = 1
    trail: list[str] = field(default_factory=lambda: ["contact"])
    going_back: bool = False

    def next_action(self, rng: random.Random) -> str:
        """A move that cannot be refused: some way on, then all the way back, and so on."""
        gone = len(self.trail)
        self.going_back = gone > 1 and (self.going_back or gone > rng.randint(2, _FAR))
        return "corriger_etape" if self.going_back else rng.choice(WAYS[self.trail[-1]])

    def moved(self, action: str) -> None:
        """Follow a move that was made."""
        self.version += 1
        if action == "corriger_etape":
            self.trail.pop()
        elif action == "reactiver":
            self.trail.append(self.trail[-2])
        else:
            self.trail.append({"accueillir": "accueil"}.get(action, "sans_suite"))


class Tally:
    """How many moves were acknowledged so far, by all walkers together."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.done = 0
        self.failed = False
        self._changed = threading.Condition()

    def add(self) -> None:
        """One more."""
        with self._changed:
            self.done += 1
            self._changed.notify_all()

    def fail(self) -> None:
        """A walker stopped short: nobody needs to wait for the rest."""
        with self._changed:
            self.failed = True
            self._changed.notify_all()

    def wait(self, number: int) -> None:
        """Until that many were acknowledged."""
        with self._changed:
            self._changed.wait_for(lambda: self.done >= number or self.failed, timeout=300)

    @property
    def is_full(self) -> bool:
        """Whether there is no more to do."""
        return self.failed or self.done >= self.wanted


class Walker(threading.Thread):
    """One browser: signs in once, then moves its own dossiers, and one that others move too."""

    def __init__(
        self,
        port: int,
        email: str,
        password: str,
        tally: Tally,
        rng: random.Random,
        own: list[OwnDossier],
        shared: int,
    ) -> None:
        super().__init__(daemon=True)
        self.moves: list[Asked] = []
        self.faults: list[str] = []
        self.lost_answers = 0
        self._browser = Browser(port)
        self._credentials = email, password
        self._tally, self._rng = tally, rng
        self._own, self._shared = own, shared

    def sign_in(self) -> None:
        """Come in by the door."""
        self._browser.sign_in(*self._credentials)

    def run(self) -> None:
        """Move until all the moves wanted were made."""
        try:
            while self._own and not self._tally.is_full:
                self._step()
        finally:
            if not self._tally.is_full:
                self._tally.fail()
            self._browser.close()

    def _step(self) -> None:
        number = len(self.moves)
        name = f"{self.name.replace(' ', '')}-{number}"
        if self._rng.random() < 0.1:
            action = self._rng.choice(["corriger_etape", *sum(WAYS.values(), ())])
            asked, own = Asked(self._shared, action, name), None
        else:
            own = self._rng.choice(self._own)
            asked = Asked(own.id, own.next_action(self._rng), name, own.version)
        self.moves.append(asked)
        self._ask(asked, number)
        if asked.told == "fait":
            if own is not None:
                own.moved(asked.action)
            self._tally.add()
        elif own is not None:
            self.faults.append(f"{asked} was refused")
            self._own.remove(own)  # it is not where it should be

    def _ask(self, asked: Asked, number: int) -> None:
        """Ask, and ask the very same again each time that the answer is lost."""
        form = answers(asked.action, asked.name, number)
        form["idempotency_key"] = f"cle-{asked.name}"
        if asked.version is not None:
            form["lock_version"] = str(asked.version)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            asked.attempts += 1
            try:
                status = self._browser.post(
                    f"/dossiers/{asked.dossier}/actions/{asked.action}", form
                )
            except _ANYTHING_LOST:
                self._browser.close()
                self.lost_answers += 1
                time.sleep(0.01)
                continue
            if status == 503:  # the database was away
                time.sleep(0.05)
                continue
            asked.told = {303: "fait", 409: "refusé"}.get(status, f"statut {status}")
            if asked.told.startswith("statut"):
                self.faults.append(f"{asked}")
            return
        self.faults.append(f"{asked}: no answer")


def answers(action: str, name: str, number: int) -> dict[str, str]:
    """What the form of each action asks for; the name goes where the journal keeps it."""
    if action == "accueillir":
        day = 1 + number % 28
        return {"rendez_vous": f"2037-01-{day:02}T10:30", "lieu_rendez_vous": name}
    return {"motif": name}


class Browser:
    """One connection, two cookies, and the token of its forms."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        self._cookies: dict[str, str] = {}
        self._token = ""

    def sign_in(self, email: str, password: str) -> None:
        """Fill in the form of the door, then read the token of the forms inside."""
        self._token = self._read_token("/connexion")
        status = self.post("/connexion", {"email": email, "mot_de_passe": password})
        assert status == 303, f"signing in was answered {status}"
        self._token = self._read_token("/dossiers/nouveau")

    def post(self, url: str, form: dict[str, str]) -> int:
        """Send a form; the status of the answer."""
        body = urlencode({**form, "csrf_token": self._token})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._request("POST", url, body, kind)[0]

    def close(self) -> None:
        """Drop the connection; the next request opens another."""
        self._connection.close()

    def _read_token(self, url: str) -> str:
        status, page = self._request("GET", url, None, {})
        found = _TOKEN.search(page)
        assert found is not None, f"no form on {url} ({status})"
        return found[1]

    def _request(
        self, method: str, url: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, str]:
        kept = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, url, body, {**headers, "Cookie": kept})
        response = self._connection.getresponse()
        page = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            if name.endswith(("_session", "_porte")):
                self._cookies[name] = value
        return response.status, page
