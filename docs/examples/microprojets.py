"""A small client of the API of Microprojets: the standard library and nothing else.

Every answer is a typed dictionary, every refusal a `Problem` with all its reasons. What is done
is done once: each demand that changes something carries a key, and is sent again under the same
key when its answer was lost or the server was busy.
"""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypedDict, cast
from urllib.parse import urlsplit

PREFIX = "/api/v1"
Answers = Mapping[str, str | list[str] | None]
_SECONDS, _TRIES, _LONGEST_WAIT = 30.0, 4, 60
_TOO_MANY, _UNAVAILABLE = 429, 503


class Named(TypedDict):
    """Somebody or something, by its name."""

    id: int
    nom: str


class Me(TypedDict):
    """Who the token acts for."""

    compte: Named
    organisme: Named
    role: str


class Opened(TypedDict):
    """The dossier that was just opened."""

    id: int
    reference: str
    plafond_depasse: int | None


class Dossier(TypedDict):
    """A dossier; `version` is owed by whoever changes it."""

    id: int
    reference: str
    titre: str
    etape: str
    etape_libelle: str
    termine: bool
    structure: Named | None
    montant_demande: int | None
    montant_accorde: int | None
    fiches: dict[str, dict[str, str | list[str] | None]]
    version: int


class Reason(TypedDict):
    """One reason of a refusal."""

    code: str
    message: str
    champ: str | None


class Action(TypedDict):
    """What may be done of a dossier where it is; `schema` is the JSON Schema of its answers."""

    cle: str
    libelle: str
    possible: bool
    raisons: list[Reason]
    schema: dict[str, Any]


class Moved(TypedDict):
    """Where a dossier is after an action."""

    id: int
    etape: str
    version: int


class Piece(TypedDict):
    """An expected document, and where it stands."""

    cle: str
    libelle: str
    pour: list[str]
    validite: str | None
    etat: str
    version: int


class Seance(TypedDict):
    """A meeting of the comité."""

    id: int
    comite: str
    tenue_le: str
    cloture_inscriptions: str


class Problem(Exception):
    """What the API refuses: a stable `code`, a sentence, every reason, every field to mend."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__(told.get("detail", "Réponse illisible."))
        self.status = int(told.get("status", 0))
        self.code = str(told.get("code", ""))
        self.reasons = cast(list[Reason], told.get("raisons", []))
        self.fields: dict[str, str] = told.get("champs", {})
        self.structures: list[dict[str, Any]] = told.get("structures", [])

    def __str__(self) -> str:
        said = [super().__str__(), *(each["message"] for each in self.reasons)]
        said += [f"{name} : {fault}" for name, fault in self.fields.items()]
        return "\n  - ".join(said)


class Microprojets:
    """The API of one installation, for whoever owns the token."""

    def __init__(self, address: str, token: str, seconds: float = _SECONDS) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{address!r} n’est pas l’adresse d’un serveur")
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        self._connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=seconds)
        self._token = token

    # --- What is read -------------------------------------------------------------------------

    def me(self) -> Me:
        """Who this token acts for."""
        return self.get("/moi")

    def dossier(self, id: int) -> Dossier:
        """One dossier with the answers of its fiches."""
        return self.get(f"/dossiers/{id}")

    def actions(self, id: int) -> list[Action]:
        """What may be done of it, and all the reasons why the rest may not."""
        return self.get(f"/dossiers/{id}/actions")["actions"]

    def pieces(self, id: int) -> list[Piece]:
        """The documents that it waits for."""
        return self.get(f"/dossiers/{id}/pieces")["pieces"]

    def seances(self) -> list[Seance]:
        """Every séance, latest first."""
        return self.get("/seances")["seances"]

    def every(self, path: str, name: str) -> Iterator[Any]:
        """Every line of a list, page after page: `every("/dossiers?etape=cts", "dossiers")`."""
        following: str | None = path
        while following:
            page = self.get(following)
            yield from page[name]
            following = page["suivant"]

    # --- What is done -------------------------------------------------------------------------

    def open_dossier(self, contact: Answers) -> Opened:
        """Open a dossier. Refused with `structure_proche` where a known structure resembles it."""
        return self.send("POST", "/dossiers", contact)

    def answer(self, dossier: Dossier, fiche: str, answers: Answers) -> Dossier:
        """Keep some answers of a fiche; refused with 412 if somebody changed it meanwhile."""
        path = f"/dossiers/{dossier['id']}/fiches/{fiche}"
        return self.send("PATCH", path, answers, dossier["version"])

    def do(self, dossier: Dossier, action: str, answers: Answers) -> Moved:
        """Move a dossier."""
        path = f"/dossiers/{dossier['id']}/actions/{action}"
        return self.send("POST", path, answers, dossier["version"])

    def finance(self, dossier: Dossier, plan: Answers) -> None:
        """Replace the plan de financement."""
        self.send("PUT", f"/dossiers/{dossier['id']}/financement", plan, dossier["version"])

    def hand_in(self, id: int, piece: str, files: Sequence[tuple[str, bytes]]) -> Piece:
        """Hand files in for a pièce: each a name and its bytes. All are kept, or none."""
        boundary = uuid.uuid4().hex
        body = b"".join(_part(boundary, name, held) for name, held in files)
        body += f"--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        path = f"/dossiers/{id}/pieces/{piece}/fichiers"
        return self._change("POST", path, body, {"Content-Type": kind})["piece"]

    def validate(self, id: int, piece: Piece, dated: str | None = None) -> Piece:
        """Say that a pièce will do; its date is owed where it goes out of date."""
        path = f"/dossiers/{id}/pieces/{piece['cle']}/validation"
        return self.send("POST", path, {"date_document": dated}, piece["version"])

    def plan_seance(self, answers: Answers) -> int:
        """Plan a séance; its id."""
        return self.send("POST", "/seances", answers)["id"]

    # --- How ----------------------------------------------------------------------------------

    def get(self, path: str) -> Any:
        """Read anything of the API."""
        return self._ask("GET", path, None, {})

    def send(self, method: str, path: str, body: Answers, version: int | None = None) -> Any:
        """Change anything of the API; `version`: the one that was read."""
        headers = {"Content-Type": "application/json"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self._change(method, path, json.dumps(body).encode(), headers)

    def _change(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """Once, however often it has to be sent: the key says that it is the same demand."""
        return self._ask(method, path, body, {**headers, "Idempotency-Key": uuid.uuid4().hex})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
        for left in reversed(range(_TRIES)):
            try:
                status, told, wait = self._once(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                if not left:
                    raise
                wait = 1
            else:
                if status not in (_TOO_MANY, _UNAVAILABLE) or not left:
                    return _read(status, told)
            time.sleep(wait)
        raise AssertionError("the last try answers or raises")

    def _once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, int]:
        url = path if path.startswith(PREFIX) else PREFIX + path
        sent = {**headers, "Authorization": f"Bearer {self._token}"}
        try:
            self._connection.request(method, url, body, sent)
            answer = self._connection.getresponse()
            wait = answer.headers.get("Retry-After", "1")
            seconds = min(int(wait) if wait.isdecimal() else 1, _LONGEST_WAIT)
            return answer.status, answer.read(), seconds
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next try opens another one
            raise


def _read(status: int, told: bytes) -> Any:
    data = json.loads(told) if told else None
    if status >= http.client.BAD_REQUEST:
        raise Problem(data or {"status": status})
    return data


def _part(boundary: str, name: str, content: bytes) -> bytes:
    named = name.replace('"', "%22").replace("\r", " ").replace("\n", " ")
    head = f'Content-Disposition: form-data; name="fichiers"; filename="{named}"'
    return f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
