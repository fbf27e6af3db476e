"""What may be done with a séance now, and every reason why the rest cannot yet."""

from __future__ import annotations

from api.forms import new_key
from api.presentation.actions import letter_notices, reason_field
from api.presentation.fields import questions
from api.presentation.seance_head import DECISIONS, ROLL, VOTES, Sitting
from api.views.actions import ActionView, Reason
from grants.comites.reading import situation_of
from grants.comites.sieges import ROLES_DE_SEANCE
from grants.organisation.roles import PIPELINE_ROLES
from workflow.engine import Offer
from workflow.guards import Refusal
from workflow.subject import Subject

_LABELS = PIPELINE_ROLES | ROLES_DE_SEANCE


def seance_offers(sitting: Sitting) -> tuple[Offer, ...]:
    """The engine's offers."""
    engine, subject = sitting.asking.engine, sitting.sight.subject
    needed = engine.facts_needed(subject)
    identity, now = sitting.visit.identity, sitting.visit.now
    where = situation_of(sitting.asking.connection, engine, subject, identity, now, needed)
    return engine.actions(where)


def seance_actions(sitting: Sitting) -> tuple[ActionView, ...]:
    """Every action of the stage, in the order of the file."""
    return tuple(_view(sitting, offer) for offer in seance_offers(sitting))


def _view(sitting: Sitting, offer: Offer) -> ActionView:
    action, subject = offer.action, sitting.sight.subject
    engine = sitting.asking.engine
    here = sitting.ask(action.key)
    back = sitting.came.of(action.key)
    pipeline = engine.machine(subject).pipeline
    told = dict.fromkeys(each for each in offer.refusals if each.code != "role")
    reasons = [Reason(text=each.message, url=_place(sitting, each)) for each in told]
    seen = {each.text for each in reasons}
    reasons += [Reason(text=each) for each in back.reasons if each not in seen]
    proposed = {each.key: subject.values.get(each.key) for each in action.fields}
    return ActionView(
        key=action.key,
        label=action.label,
        to_label=pipeline.stage(offer.to).label if offer.to else "",
        help=action.help,
        url=f"{sitting.url}/gestes/{action.key}",
        tone=action.tone,
        allowed=offer.allowed or bool(back.faults),
        reasons=tuple(reasons),
        fields=questions(here, action.fields, proposed),
        reason=reason_field(here, action),
        letters=letter_notices(engine, action),
        open=bool(back.form),
        reserved_to=_reserved(offer, read_only=not sitting.may_write),
        lock_version=subject.lock_version,
        idempotency_key=new_key(),
    )


def _place(sitting: Sitting, refusal: Refusal) -> str | None:
    """Where a reason can be mended."""
    places = {
        "preside": f"{sitting.url}{ROLL}",
        "votes": f"{sitting.url}{VOTES}",
        "decisions": f"{sitting.url}{DECISIONS}",
        "membres": comite_url(sitting.sight.subject),
        "tenue_le": f"{sitting.url}/modifier",
    }
    return places.get(refusal.field or "")


def comite_url(subject: Subject) -> str:
    """The page of the comité of a séance."""
    return f"/comites/{subject.row['comite_id']}"


def _reserved(offer: Offer, *, read_only: bool) -> str:
    if not offer.role_missing and not read_only:
        return ""
    return " ou ".join(_LABELS.get(role, role).lower() for role in offer.action.roles)
