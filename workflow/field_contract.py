"""What a type of field is: how its answer is read, described, kept and shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from workflow.texts import InputFault, is_blank

Raw = str | list[str] | None
"""What a form or a JSON body brings for one field: always text, one or several."""

JsonSchema = dict[str, Any]

NOT_ANSWERED = "Non renseigné"
MOST_ANSWERS = 200


class FieldFault(InputFault):
    """Cette réponse ne convient pas. Vérifiez-la."""


class MissingAnswer(FieldFault):
    """Ce champ est à renseigner."""


class TooManyAnswers(FieldFault):
    """Donnez 200 réponses au plus."""


class NotAText(FieldFault):
    """Donnez la réponse sous forme de texte."""


class NotOneAnswer(FieldFault):
    """Donnez une seule réponse."""


class ChoiceSpec(Protocol):
    """One answer that a field proposes."""

    @property
    def key(self) -> str:
        """Its stable name."""
        ...

    @property
    def label(self) -> str:
        """What a person reads of it."""
        ...


class FieldSpec(Protocol):
    """What a pipeline file asks for: one question, of a type, with its limits.

    `minimum` and `maximum` are in the unit that the value is kept in: cents for `montant`,
    hundredths for `nombre`. Without a minimum, numbers are not negative.
    """

    @property
    def key(self) -> str:
        """Its stable name."""
        ...

    @property
    def type(self) -> str:
        """The key of its FieldType."""
        ...

    @property
    def label(self) -> str:
        """What a person reads of it."""
        ...

    @property
    def help(self) -> str:
        """What helps to answer; may be empty."""
        ...

    @property
    def required(self) -> bool:
        """Whether an answer is owed."""
        ...

    @property
    def choices(self) -> Sequence[ChoiceSpec]:
        """The answers proposed, for the types that propose some."""
        ...

    @property
    def longest(self) -> int | None:
        """The most characters, where the type's own limit does not do."""
        ...

    @property
    def minimum(self) -> int | None:
        """The least value."""
        ...

    @property
    def maximum(self) -> int | None:
        """The greatest value."""
        ...

    @property
    def multiple(self) -> bool:
        """Whether several answers may be given."""
        ...


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class FieldType:
    """A type of field. The functions given to it deal with one answer that is there.

    Empty answers, several answers (`many`, or a spec with `multiple`) and the change of any
    InputFault into a FieldFault are dealt with here, once for all types. Several answers are
    kept as a tuple, without repetitions, in the order given.
    """

    key: str
    read: Callable[[str, FieldSpec], Any]
    describe: Callable[[FieldSpec], JsonSchema]
    show: Callable[[Any, FieldSpec], str]
    write: Callable[[Any], str] = str
    freeze: Callable[[Any], Any] = _same
    thaw: Callable[[Any], Any] = _same
    many: bool = False

    def parse(self, raw: Raw, spec: FieldSpec) -> Any:
        """What was typed → the value; None when nothing was. Raises FieldFault."""
        texts = self._texts(raw, spec)
        if not texts:
            if spec.required:
                raise MissingAnswer
            return None
        try:
            values = [self.read(text, spec) for text in texts]
        except FieldFault:
            raise
        except InputFault as fault:
            raise FieldFault(str(fault)) from None
        return tuple(dict.fromkeys(values)) if self._several(spec) else values[0]

    def schema(self, spec: FieldSpec) -> JsonSchema:
        """The JSON Schema (2020-12) of what may be typed, in its canonical writing.

        `parse` also accepts looser writings (« 23 000 € », « 15/07/2009 »), and refuses what a
        schema cannot say (a wrong check digit, a date that does not exist).
        """
        one = {"type": "string", "minLength": 1} | self.describe(spec)
        texts = {"title": spec.label} | ({"description": spec.help} if spec.help else {})
        if not self._several(spec):
            return texts | one
        several = {"type": "array", "items": one, "uniqueItems": True, "maxItems": MOST_ANSWERS}
        return texts | several | ({"minItems": 1} if spec.required else {})

    def dump(self, value: Any) -> Any:
        """The value → what a JSON column keeps."""
        if isinstance(value, tuple):
            return [self.freeze(each) for each in value]
        return None if value is None else self.freeze(value)

    def load(self, kept: Any) -> Any:
        """What a JSON column kept → the value."""
        if isinstance(kept, list):
            return tuple(self.thaw(each) for each in kept)
        return None if kept is None else self.thaw(kept)

    def form(self, value: Any) -> str | list[str]:
        """The value → what a form shows again for it: `parse` reads the same value back."""
        if isinstance(value, tuple):
            return [self.write(each) for each in value]
        return "" if value is None else self.write(value)

    def display(self, value: Any, spec: FieldSpec) -> str:
        """The value → what a person reads."""
        if value is None:
            return NOT_ANSWERED
        if isinstance(value, tuple):
            return ", ".join(self.show(each, spec) for each in value) or NOT_ANSWERED
        return self.show(value, spec)

    def _several(self, spec: FieldSpec) -> bool:
        return self.many or spec.multiple

    def _texts(self, raw: Any, spec: FieldSpec) -> list[str]:
        """The answers that are there, however they came: nothing is trusted about their type."""
        given = raw if isinstance(raw, list) else [] if raw is None else [raw]
        if not all(isinstance(text, str) for text in given):
            raise NotAText
        texts = [text for text in given if not is_blank(text)]
        if len(texts) > MOST_ANSWERS:
            raise TooManyAnswers
        if len(texts) > 1 and not self._several(spec):
            raise NotOneAnswer
        return texts
