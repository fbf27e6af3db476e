"""A bookbinder's workshop: pipelines and a vocabulary that have nothing to do with grants.

A book is received, dried, bound, and given back. The engine is tested on it alone.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from typing import Any

from workflow.columns import GENESIS
from workflow.engine import Engine
from workflow.guards import Attempt, Refusal, Situation
from workflow.loader import Catalogue, LoadedPipeline
from workflow.machine import PipelineMachine
from workflow.pipeline import Pipeline
from workflow.soundness import faults_of
from workflow.subject import Actor, Step, Subject
from workflow.vocabulary import Register, Vocabulary

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)  # a Monday, noon in Paris
KIND = "livre"
TENANT = 7

ROLES = {"relieur": "Relieur", "chef": "Chef d'atelier", "parrain": "Parrain", "systeme": "Système"}
BINDER = Actor(11, "Rose Relieuse", frozenset({"relieur"}), "relieur")
CHIEF = Actor(12, "Claude Chef", frozenset({"chef", "relieur"}), "chef")
VISITOR = Actor(13, "Vic Visiteur", frozenset({"visiteur"}), "visiteur")

WORKSHOP = """
key = "reliure"
version = 1
label = "Reliure"
dispositif = "atelier"
prefix = "RE"
initial = "recu"

[parameters.sechage]
label = "Jours de séchage"
type = "entier"
default = "3"

[[phase]]
key = "atelier"
label = "À l'atelier"
[[phase]]
key = "fin"
label = "Fin"

[[sheet]]
key = "etat"
label = "État du livre"
[[sheet.field]]
key = "titre"
label = "Titre"
type = "texte"

[[stage]]
key = "recu"
label = "Reçu"
phase = "atelier"
[[stage.reminder]]
key = "demander_le_livre"
label = "Demander le livre"
at = ["5 jours ouvrés", "10 jours"]
letter = "avis"
to = "parrain"

[[stage]]
key = "sechage"
label = "Séchage"
phase = "atelier"
[[stage.reminder]]
key = "tourner_les_pages"
label = "Tourner les pages"
every = "2 jours ouvrés"
at_most = 3
task = "Tourner les pages"
task_for = "parrain"

[[stage]]
key = "reliure"
label = "Reliure"
phase = "atelier"
[[stage.reminder]]
key = "livre_attendu"
label = "Livre attendu"
anchor = "promis_pour"
at = ["-2 jours ouvrés", "0 jour", "3 jours"]
letter = "avis"
to = "parrain"

[[stage]]
key = "rendu"
label = "Rendu"
phase = "fin"
final = true

[[stage]]
key = "perdu"
label = "Perdu"
phase = "fin"
final = true

[[action]]
key = "secher"
label = "Mettre à sécher"
from = "recu"
to = "sechage"
roles = ["relieur"]
guards = ["livre_present", "encre_fixee"]
letters = ["avis"]

[[action]]
key = "relier"
label = "Relier"
from = ["recu", "sechage"]
to = "reliure"
roles = ["relieur", "parrain"]
guards = ["livre_sec"]
[[action.field]]
key = "cuir"
label = "Cuir"
type = "texte"
required = true
[[action.field]]
key = "prix"
label = "Prix"
type = "montant"

[[action]]
key = "reprendre"
label = "Reprendre la reliure"
from = "reliure"
to = "reliure"
roles = ["relieur"]

[[action]]
key = "rendre"
label = "Rendre"
from = "reliure"
to = "rendu"
roles = ["chef"]
reason = true

[[action]]
key = "perdre"
label = "Perdre"
from = "*non_final"
to = "perdu"
roles = ["relieur"]

[[action]]
key = "retrouver"
label = "Retrouver"
from = "perdu"
to = "@precedente"
roles = ["relieur"]

[[action]]
key = "corriger"
label = "Corriger"
from = "*"
to = "@precedente"
roles = ["chef"]
corrects = true
"""


TIMED_WORKSHOP = (
    WORKSHOP
    + """
[[action]]
key = "abandonner"
label = "Abandonner"
from = ["recu", "sechage"]
to = "perdu"
guards = ["livre_sec"]
[action.timer]
after = "10 jours"
restart_on = ["colle_posee"]
stop_on = ["pluie"]

[[action]]
key = "livrer"
label = "Livrer"
from = "reliure"
to = "rendu"
[action.timer]
after = "1 jour ouvré"
anchor = "promis_pour"
"""
)


def paris_9(year: int, month: int, day: int) -> datetime:
    """Nine o'clock in Paris, in winter."""
    return datetime(year, month, day, 8, 0, tzinfo=UTC)


def present(attempt: Attempt) -> Refusal | None:
    """The book is there."""
    if attempt.fact("present"):
        return None
    return Refusal("livre_absent", "Le livre n'est pas à l'atelier.")


def ink(attempt: Attempt) -> Refusal | None:
    """The ink will not run."""
    return Refusal("encre", "L'encre coulerait.") if attempt.fact("encre_fraiche") else None


def dry(attempt: Attempt) -> Refusal | None:
    """The paper is dry: told with the field that says so."""
    if attempt.fact("humidite") <= attempt.parameter("sechage"):
        return None
    return Refusal("humide", "Le papier est encore humide.", "etat.titre")


def workshop_register() -> Register:
    """The names that toy pipelines use; a new one each time, so that tests may add to it."""
    register = Register()
    for name, default in (("present", True), ("encre_fraiche", False), ("humidite", 0)):
        register.fact(name)(_column_or(name, default))
    register.fact("promis_pour", is_date=True)(lambda _c, subject: subject.row.get("promis_pour"))
    register.guard("livre_present", facts=("present",))(present)
    register.guard("encre_fixee", facts=("encre_fraiche",))(ink)
    register.guard("livre_sec", facts=("humidite",))(dry)
    register.guard("toujours")(lambda _attempt: None)
    register.guard("jamais")(lambda _attempt: Refusal("jamais", "Jamais."))
    register.guard("fiche", argument="sheet")(lambda _attempt: None)
    register.guard("champ", argument="field")(lambda _attempt: None)
    register.effect("colorer")(lambda _context: None)
    register.effect("dorer", argument="field")(lambda _context: None)
    register.event("colle_posee", "Colle posée")
    register.event("pluie", "Il a plu")
    return register


def _column_or(name: str, default: Any) -> Any:
    return lambda _connection, subject: subject.row.get(name, default)


def toy_vocabulary(register: Register | None = None) -> Vocabulary:
    """Everything that a toy pipeline may name."""
    registers = (register or workshop_register(),)
    return Vocabulary.assemble(registers, roles=ROLES, letters={"avis": "Avis", "merci": "Merci"})


def toy_pipeline(text: str = WORKSHOP) -> Pipeline:
    """The pipeline that a TOML text describes; it is sound, or the test is wrong."""
    pipeline = Pipeline.model_validate(tomllib.loads(text))
    assert faults_of(pipeline, toy_vocabulary()) == []
    return pipeline


def small_pipeline(
    stages: str, actions: list[dict[str, Any]], *, initial: str | None = None
) -> Pipeline:
    """A pipeline from « a b c! » (final ones marked) and actions as the file would give them."""
    keys = stages.split()
    return Pipeline.model_validate(
        {
            "key": "jouet",
            "version": 1,
            "label": "Jouet",
            "dispositif": "jouets",
            "prefix": "JO",
            "initial": initial or keys[0].rstrip("!"),
            "phase": [{"key": "p", "label": "P"}],
            "stage": [
                {
                    "key": key.rstrip("!"),
                    "label": key.rstrip("!").upper(),
                    "phase": "p",
                    "final": key.endswith("!"),
                }
                for key in keys
            ],
            "action": [
                {"label": action["key"], "roles": ["relieur"], **action} for action in actions
            ],
        }
    )


def engine_of(*pipelines: Pipeline, register: Register | None = None) -> Engine:
    """An engine over these pipelines, taken as they are."""
    loaded = [LoadedPipeline(each, PipelineMachine(each), "", "jouet.toml") for each in pipelines]
    return Engine(toy_vocabulary(register), Catalogue(loaded))


def book(pipeline: Pipeline, stage: str | None = None, **changes: Any) -> Subject:
    """A subject that nobody stored: at the initial stage, or come straight to another one."""
    at = stage or pipeline.initial
    trail = (Step(1, pipeline.initial),) + ((Step(2, at),) if at != pipeline.initial else ())
    given: dict[str, Any] = {
        "kind": KIND,
        "id": 1,
        "tenant_id": TENANT,
        "pipeline": pipeline.key,
        "pipeline_version": pipeline.version,
        "stage": at,
        "stage_since": NOON,
        "trail": trail,
        "seq": len(trail),
        "head": GENESIS,
        "lock_version": 1,
    }
    return Subject(**{**given, **changes})


FACTS = {"present": True, "encre_fraiche": False, "humidite": 0}


def situation(
    subject: Subject, pipeline: Pipeline, actor: Actor = BINDER, at: datetime = NOON, **facts: Any
) -> Situation:
    """What the engine looks at, with facts that let everything pass unless they are given."""
    parameters = {"sechage": 3}
    return Situation(subject, pipeline, actor, at, parameters, {**FACTS, **facts})
