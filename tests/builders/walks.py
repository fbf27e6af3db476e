"""A dossier taken along any pipeline by a program that knows nothing of it but what it is told.

Each request is built from what `/api/v1` says: the JSON Schema of the sheets and of the actions,
and the reasons of a refusal, each with the place where it is mended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from fastapi import FastAPI

from api.house import House
from grants.organisation.roles import CHARGE_DE_MISSION, DIRECTION
from tests.builders.bearers import Program, program
from tests.builders.documents import pdf
from tests.builders.hearings import hold
from tests.builders.living import Living
from tests.builders.visitors import Clock

#: What a comité is made to decide, for the rule that waits for it.
_VERDICTS = {
    "decision_favorable": "retenu",
    "decision_d_ajourner": "ajourne",
    "decision_de_refus": "refuse",
}
_PLAN = "plan_de_financement"
_MOST_TRIES = 12
_RENEWED = timedelta(days=300)
_NUMBERS = count(1)


@dataclass
class Walk:
    """One dossier, the application, its clock, and the answers that no schema can tell."""

    app: FastAPI
    clock: Clock
    living: Living
    pipeline: str
    known: Mapping[str, str] = field(default_factory=dict)
    dossier: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    stages: list[str] = field(default_factory=list)
    programs: dict[str, tuple[datetime, Program]] = field(default_factory=dict)
    letters: dict[int, dict[str, Any]] = field(default_factory=dict)

    def open(self, contact: Mapping[str, str]) -> None:
        """The first contact."""
        told = {"pipeline": self.pipeline, "contact_le": self.today.isoformat(), **contact}
        self.dossier = self._done(self._who().post("/dossiers", told))["id"]
        self._look()

    @property
    def today(self) -> date:
        return self.clock.now.date()

    @property
    def stage(self) -> str:
        return self._get("")["etape"]

    @property
    def moves(self) -> list[str]:
        """The actions taken so far, in their order."""
        actions = {each["cle"] for each in self.described()["actions"]}
        lines = self._get("/journal")["entrees"]
        return [each["evenement"] for each in reversed(lines) if each["evenement"] in actions]

    @property
    def tasks(self) -> list[str]:
        """What colleagues were asked to do."""
        return [each["titre"] for each in self._get("/taches")["taches"]]

    def described(self) -> dict[str, Any]:
        """The pipeline, as any program may read it: it does not change on the way."""
        if not self.told:
            self.told |= self._done(self._who().get(f"/dispositifs/{self.pipeline}"))
        return self.told

    def wait(self, days: int) -> None:
        """Time passes: the clock of the server does what is due, decisions are sent by hand."""
        self.living.now = self.clock.now
        self.clock.now = self.living.wait(days=days)
        self._look()

    def take(self, action: str) -> None:
        """Do what stands in the way of an action, as the refusals say it, then take it.

        An action that the system takes is brought about: its stage's sheets filled, or time passed.
        """
        told = next(each for each in self.described()["actions"] if each["cle"] == action)
        before = len(self.moves)
        if told["automatique"]:
            self._bring_about(before)
        else:
            self._ask(told)
        assert action in self.moves[before:], (action, self.moves)
        self._look()

    # --- How ----------------------------------------------------------------------------------

    def _ask(self, told: Mapping[str, Any]) -> None:
        who = DIRECTION if told["roles"] == [DIRECTION] else CHARGE_DE_MISSION
        offered = next(
            each for each in self._get("/actions")["actions"] if each["cle"] == told["cle"]
        )
        answers = self._answers(offered["schema"], every=True)
        for _ in range(_MOST_TRIES):
            path = f"/dossiers/{self.dossier}/actions/{told['cle']}"
            answer = self._who(who).post(path, answers, if_match=self._version())
            if answer.is_success:
                return
            reasons = answer.json().get("raisons")
            assert reasons, answer.text
            # Several reasons may be mended at the same place.
            for place in dict.fromkeys(reason["champ"] or "" for reason in reasons):
                answers |= self._mend(place, told)
        raise AssertionError(f"{told['cle']} is still refused: {reasons}")

    def _mend(self, place: str, told: Mapping[str, Any]) -> dict[str, str]:
        """What a reason names, done; an answer of the action itself is given back."""
        sheet, _, name = place.partition(".")
        if sheet == "pieces":
            self._hand_in(name)
        elif sheet == _PLAN:
            self._balance()
        elif name:
            self._fill(sheet, name)
        elif sheet == "seance":
            return {"seance": self._plan_seance()}
        else:
            self._hear(told)
        return {}

    def _bring_about(self, before: int) -> None:
        stage = next(each for each in self.described()["etapes"] if each["cle"] == self.stage)
        for sheet in stage["fiches"]:
            if len(self.moves) == before:
                self._fill(sheet)
        for _ in range(_MOST_TRIES):
            if len(self.moves) != before:
                return
            self.wait(days=10)

    def _fill(self, sheet: str, name: str = "") -> None:
        """One answer of a sheet, or all of them."""
        schema = next(each for each in self.described()["fiches"] if each["cle"] == sheet)["schema"]
        every = self._answers(schema, every=True)
        told = {key: value for key, value in every.items() if name in ("", key)}
        path = f"/dossiers/{self.dossier}/fiches/{sheet}"
        self._done(self._who().ask("PATCH", path, told, if_match=self._version()))

    def _answers(self, schema: Mapping[str, Any], *, every: bool) -> dict[str, Any]:
        return {
            name: self.known.get(name) or self._answer(each)
            for name, each in schema["properties"].items()
            if every or name in schema["required"]
        }

    def _answer(self, schema: Mapping[str, Any]) -> Any:
        """Something that a schema accepts."""
        if schema["type"] == "array":
            return [self._answer(schema["items"])]
        if schema.get("x-type") == "seance":
            return self._plan_seance()
        for among in ("oneOf", "x-choix"):
            if among in schema:
                return schema[among][0]["const"]
        if "enum" in schema:
            return schema["enum"][0]
        plain = schema.get("x-minimum") or "1" if "pattern" in schema else "Une réponse"
        return self.today.isoformat() if schema.get("format") == "date" else plain

    def _hand_in(self, piece: str) -> None:
        """A file that is like no other, and its validation."""
        path = f"/dossiers/{self.dossier}/pieces/{piece}"
        paper = pdf(mark=f"{piece} {next(_NUMBERS)}")
        self._done(self._who().send("POST", f"{path}/fichiers", [("fichiers", ("f.pdf", paper))]))
        version = self._done(self._who().get(path))["version"]
        dated = {"date_document": self.today.isoformat()}
        self._done(self._who().post(f"{path}/validation", dated, if_match=f'"{version}"'))

    def _balance(self) -> None:
        """A plan without anybody else: what is asked is what it costs."""
        plan = {name: self.known[name] for name in ("cout_total", "montant_demande")}
        path = f"/dossiers/{self.dossier}/financement"
        self._done(self._who().ask("PUT", path, plan, if_match=self._version()))

    def _plan_seance(self) -> str:
        held, closing = self.today + timedelta(days=12), self.today + timedelta(days=8)
        told = {
            "comite": "Jury",
            "tenue_le": f"{held}T14:00",
            "cloture_inscriptions": str(closing),
            "lieu": "Salle des fêtes",
        }
        return str(self._done(self._who().post("/seances", told))["id"])

    def _hear(self, told: Mapping[str, Any]) -> None:
        """The séance is held, and decides what the action waits for."""
        verdict = next(_VERDICTS[rule] for rule in told["regles"] if rule in _VERDICTS)
        self.wait(days=13)
        amount = int(self.known["montant_demande"]) * 100 if verdict == "retenu" else None
        house: House = self.app.state.house
        by = self.living.office.identity(DIRECTION)
        seance = max(each["id"] for each in self._done(self._who().get("/seances"))["seances"])
        hold(house.database, house.engine, by, seance, {self.dossier: (verdict, amount)})

    def _look(self) -> None:
        """Where the dossier stands, and each letter that is new: its text, its HTML, its sheet."""
        self.stages.append(self.stage)
        listed = self._done(self._who().get(f"/courriers?dossier={self.dossier}&taille=100"))
        for each in listed["courriers"]:
            if each["id"] in self.letters:
                continue
            read = self._done(self._who().get(f"/courriers/{each['id']}"))
            sheet = self._who().get(f"/courriers/{each['id']}/lettre.pdf")
            assert sheet.is_success, sheet.text
            self.letters[each["id"]] = {**read, "pdf": sheet.content}

    def _version(self) -> str:
        return f'"{self._get("")["version"]}"'

    def _get(self, path: str) -> Any:
        return self._done(self._who().get(f"/dossiers/{self.dossier}{path}"))

    def _who(self, role: str = CHARGE_DE_MISSION) -> Program:
        """A token lives for a year, a dossier for longer."""
        given, who = self.programs.get(role, (self.clock.now, None))
        if who is None or self.clock.now - given > _RENEWED:
            who = program(self.app, self.living.office, role, days=365)
            self.programs[role] = self.clock.now, who
        return who

    def _done(self, answer: Any) -> Any:
        assert answer.is_success, answer.text
        return answer.json()
