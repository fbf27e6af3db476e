"""A pipeline as plain frozen data: the file format of `grants/pipelines/*.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StrictBool,
    StrictInt,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic import Field as Spec

from workflow.calendar import Delay, DelayFault
from workflow.delays import Delays
from workflow.own_parameters import IDLE, REMINDS, own_parameters
from workflow.periods import Period, PeriodFault

ANY = "*"
ANY_NOT_FINAL = "*non_final"
PREVIOUS = "@precedente"
ENTRY = "entree"
#: What moves along a pipeline whose file names nothing else.
MAIN_SUBJECT = "dossier"

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
#: A parameter that a stage or a reminder makes has a key made of theirs.
LongKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
_REFERENCE = re.compile(r"^(?P<name>[a-z][a-z0-9_]*)(?:\((?P<argument>[a-z][a-z0-9_]*)\))?$")


def _delay(value: object) -> object:
    if isinstance(value, Delay):
        return value
    if not isinstance(value, str):
        raise ValueError(str(DelayFault()))
    try:
        return Delay.parse(value)
    except DelayFault as fault:
        raise ValueError(str(fault)) from fault


def _period(value: object) -> object:
    if isinstance(value, Period):
        return value
    if not isinstance(value, str):
        raise ValueError(str(PeriodFault()))
    try:
        return Period.parse(value)
    except PeriodFault as fault:
        raise ValueError(str(fault)) from fault


DelayText = Annotated[Delay, BeforeValidator(_delay)]
PeriodText = Annotated[Period, BeforeValidator(_period)]


class Frozen(BaseModel):
    """Shared shape of every part of a pipeline: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Reference(Frozen):
    """A guard or an effect as a file names it: `nom` or `nom(argument)`."""

    name: str
    argument: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if isinstance(value, dict):
            return value
        match = _REFERENCE.match(value) if isinstance(value, str) else None
        if match is None:
            raise ValueError(f"« {value} » ne s'écrit pas nom ou nom(argument)")
        return match.groupdict()

    def __str__(self) -> str:
        return self.name if self.argument is None else f"{self.name}({self.argument})"


class Choice(Frozen):
    """One possible answer of a `choix` field."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,59}$")]
    label: Label


class Field(Frozen):
    """A typed question: asked by an action, or standing on a sheet of the dossier."""

    key: LongKey
    label: Label
    type: Key
    required: StrictBool = False
    help: str = ""
    choices: tuple[Choice, ...] = ()
    longest: StrictInt | None = None
    minimum: StrictInt | None = None
    maximum: StrictInt | None = None
    multiple: StrictBool = False


class Sheet(Frozen):
    """A titled group of fields kept on the subject, edited in place."""

    key: Key
    label: Label
    help: str = ""
    fields: tuple[Field, ...] = Spec(default=(), alias="field")


class Parameter(Frozen):
    """A value with a default that an organisme may change; `help` says what it changes."""

    key: LongKey = ""
    label: Label
    type: Key
    default: Any = None
    help: str = ""
    choices: tuple[Choice, ...] = ()
    minimum: StrictInt | None = None
    maximum: StrictInt | None = None

    def as_field(self) -> Field:
        """The question that setting this parameter asks."""
        return Field(**self.model_dump(exclude={"default"}))


class ReminderRule(Frozen):
    """When somebody is reminded while a subject stands in a stage.

    `at` lists the delays from `anchor` (`entree`: the entry into the stage; otherwise the name
    of a fact that is a date). `every` repeats, `at_most` times. `while` names the
    guards that must still pass: the reminder dies with its cause. It writes a letter or makes a
    tâche: what follows the last letter is a rule of its own, which makes one.
    """

    key: Key
    label: Label
    at: tuple[DelayText, ...] = ()
    every: DelayText | None = None
    at_most: StrictInt = Spec(default=1, ge=1, le=50)
    anchor: Key = ENTRY
    conditions: tuple[Reference, ...] = Spec(default=(), alias="while")
    letter: Key | None = None
    to: Key = "porteur"
    task: str | None = None
    task_for: Key = "referent"

    @model_validator(mode="after")
    def _has_a_moment(self) -> ReminderRule:
        if bool(self.at) == bool(self.every):
            raise ValueError("indiquez soit « at », soit « every », l'un des deux")
        if (self.letter is None) == (self.task is None):
            raise ValueError(
                "indiquez une lettre (« letter ») ou une tâche (« task »), pas les deux"
            )
        return self

    def at_moments(self, delays: Delays) -> ReminderRule:
        """The same rule, at these moments."""
        if delays.each == self.delays:
            return self
        return self.model_copy(update={"at": delays.each, "every": None})

    @property
    def delays(self) -> tuple[Delay, ...]:
        """Each of its moments, counted from its anchor."""
        if self.every is None:
            return self.at
        return tuple(
            [Delay(self.every.days * n, self.every.working) for n in range(1, self.at_most + 1)]
        )


class Stage(Frozen):
    """Where a subject stands. `public_label` is what the porteur reads; absent, he sees nothing.

    `editable` says which sheets may be changed here, and by which roles.
    """

    key: Key
    label: Label
    public_label: Label | None = None
    phase: Key
    final: StrictBool = False
    editable: dict[Key, tuple[Key, ...]] = Spec(default_factory=dict)
    idle_after: DelayText | None = None
    reminders: tuple[ReminderRule, ...] = Spec(default=(), alias="reminder")


class Timer(Frozen):
    """When the system takes an action by itself: a delay counted from an entry or from a date.

    An event named in `restart_on` starts the delay again; one in `stop_on` ends it.
    """

    after: DelayText
    anchor: Key = ENTRY
    restart_on: tuple[Key, ...] = ()
    stop_on: tuple[Key, ...] = ()


class Action(Frozen):
    """A move that somebody, or the system, may make from a stage.

    `clears` names the answers that no longer hold after it (the séance of a dossier withdrawn).
    `done` says the move once it is made (« Vernis posé »), the label says it to be made.
    """

    key: Key
    label: Label
    done: Label | None = None
    help: str = ""
    from_: tuple[str, ...] = Spec(alias="from")
    to: str
    roles: tuple[Key, ...] = ()
    guards: tuple[Reference, ...] = ()
    effects: tuple[Reference, ...] = ()
    fields: tuple[Field, ...] = Spec(default=(), alias="field")
    letters: tuple[Key, ...] = ()
    clears: tuple[Key, ...] = ()
    reason: StrictBool = False
    automatic: StrictBool = False
    timer: Timer | None = None
    corrects: StrictBool = False
    tone: Literal["avance", "retour", "sortie", "correction"] = "avance"

    @field_validator("from_", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @property
    def by_system(self) -> bool:
        """Whether the system takes it without anyone asking."""
        return self.automatic or self.timer is not None


class Piece(Frozen):
    """An expected document. `help` says why it is asked, `required_for` which moves wait for it.

    Required for nothing, it is welcome but never waited for. `validity` is counted from the
    document's own date. `kept` says what it is filed with: the subject itself, or the structure
    that carries it, whose other subjects then find it there.
    """

    key: Key
    label: Label
    help: str = ""
    required_for: tuple[Key, ...] = ()
    validity: PeriodText | None = None
    kept: Literal["structure", "dossier"] = "dossier"


class Phase(Frozen):
    """A group of stages, drawn together."""

    key: Key
    label: Label


class Pipeline(Frozen):
    """One version of the path that a kind of subject follows. The lowest `rank` is shown first.

    `subject` is the kind of row that moves along it, as the journal calls it. `dispositif_label`
    names the dispositif where several pipelines share it; without one, `label` does.
    """

    key: Key
    version: StrictInt = Spec(ge=1)
    subject: Key = MAIN_SUBJECT
    label: Label
    dispositif: Key
    dispositif_label: Label | None = None
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,5}$")]
    description: str = ""
    rank: int = Spec(default=50, ge=0, le=999)
    initial: Key
    parameters: tuple[Parameter, ...] = ()
    phases: tuple[Phase, ...] = Spec(alias="phase")
    sheets: tuple[Sheet, ...] = Spec(default=(), alias="sheet")
    pieces: tuple[Piece, ...] = Spec(default=(), alias="piece")
    stages: tuple[Stage, ...] = Spec(alias="stage", min_length=1)
    actions: tuple[Action, ...] = Spec(default=(), alias="action")

    @model_validator(mode="before")
    @classmethod
    def _own_parameters(cls, value: object) -> object:
        """What a stage waits, and when it reminds, are defaults that an organisme may change."""
        if not isinstance(value, dict) or not isinstance(value.get("parameters", {}), dict):
            return value
        added = own_parameters(value)
        return {**value, "parameters": {**value.get("parameters", {}), **added}}

    @field_validator("parameters", mode="before")
    @classmethod
    def _table_of_parameters(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return tuple(
            {**body, "key": key} if isinstance(body, dict) else body for key, body in value.items()
        )

    def idle_after(self, stage: Stage, own: Mapping[str, Any]) -> Delay | None:
        """How long a subject may stand in a stage; `own` is what a tenant has set otherwise."""
        delay = stage.idle_after
        days = own.get(f"{IDLE}{stage.key}", delay.days if delay else 0)
        return Delay(days, delay.working) if delay and days else None

    def reminders(self, stage: str, own: Mapping[str, Any]) -> tuple[ReminderRule, ...]:
        """The reminder rules of a stage, at a tenant's moments; one set to never is left out."""
        rules = (
            (rule, own.get(f"{REMINDS}{rule.key}") or Delays(rule.delays))
            for rule in self.stage(stage).reminders
        )
        return tuple(rule.at_moments(delays) for rule, delays in rules if delays.each)

    def stage(self, key: str) -> Stage:
        """The stage of that key; KeyError when the pipeline has none."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise KeyError(key)

    def sheet(self, key: str) -> Sheet | None:
        """The sheet of that key, if any."""
        return next((sheet for sheet in self.sheets if sheet.key == key), None)

    def piece(self, key: str) -> Piece | None:
        """The expected document of that key, if any."""
        return next((piece for piece in self.pieces if piece.key == key), None)

    def action(self, key: str, stage: str | None = None) -> Action | None:
        """The action of that key; several may share it, told apart by the stage they leave."""
        named = [action for action in self.actions if action.key == key]
        leaving = [action for action in named if stage in self.origins(action)]
        return next(iter(leaving or named), None)

    def origins(self, action: Action) -> tuple[str, ...]:
        """The stages an action may leave, in the order of the file, the wildcards written out.

        « Any stage » leaves out the one that the action leads to: nobody moves on the spot.
        """
        return tuple(stage.key for stage in self.stages if self._leaves(stage, action))

    def _leaves(self, stage: Stage, action: Action) -> bool:
        if stage.key in action.from_:
            return True
        if stage.key == action.to:
            return False
        return ANY in action.from_ or (ANY_NOT_FINAL in action.from_ and not stage.final)

    def every_field(self) -> tuple[Field, ...]:
        """Every field of every sheet and action, in the order of the file."""
        sheets = tuple(field for sheet in self.sheets for field in sheet.fields)
        return sheets + tuple(field for action in self.actions for field in action.fields)
