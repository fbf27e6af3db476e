"""« Que faire maintenant » : the engine's offers as forms, refusals and reserved actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from api.presentation.drafts import NO_DRAFTS, Drafts, action_form, draft_view
from api.presentation.fields import Asking, Typed, questions
from api.views.actions import ActionView, LetterNotice, Reason
from api.views.drafts import DraftView
from api.views.fields import FieldView
from grants.dossiers.answers import LONGEST_REASON, REASON
from grants.dossiers.brouillons.service import ACTION, Draft
from grants.finances.vocabulary import WHERE as PLAN
from grants.organisation.identity import Identity
from grants.organisation.roles import PIPELINE_ROLES
from workflow.engine import Engine, Offer
from workflow.guards import Refusal
from workflow.pipeline import Action, Pipeline
from workflow.subject import Subject

# A refusal mended outside the dossier's own sheets.
_PLACES = {
    "seance": "/seances",
    "structure": "{dossier}/porteur",
    "porteur": "{dossier}/porteur",
    "reserves": "/seances/{seance}{dossier}#reserves",
}


@dataclass(frozen=True, slots=True)
class Resumed:
    """The form of one action that came back: what was typed, and what is wrong with it."""

    action: str
    typed: Typed
    faults: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[Refusal, ...] = ()
    draft: Draft | None = None


def action_views(
    asking: Asking,
    subject: Subject,
    offers: tuple[Offer, ...],
    identity: Identity,
    resumed: Resumed | None = None,
    drafts: Drafts = NO_DRAFTS,
) -> tuple[ActionView, ...]:
    """Every action of the stage, in the order of the file; the latest draft is unfolded."""
    pipeline = asking.engine.machine(subject).pipeline
    views = [
        _view(asking, pipeline, subject, offer, _back(offer, resumed, drafts), identity)
        for offer in offers
        if not _impossible(offer)
    ]
    latest = next((form for form in drafts if form.startswith(ACTION)), None)
    if resumed is None and latest is not None:
        views = [replace(each, open=action_form(each.key) == latest) for each in views]
    return tuple(views)


def _back(offer: Offer, resumed: Resumed | None, drafts: Drafts) -> Resumed | None:
    """The form of the action as it came back, else as it was left."""
    key = offer.action.key
    if resumed is not None and resumed.action == key:
        return resumed
    draft = drafts.get(action_form(key))
    return None if draft is None else Resumed(key, draft.answers, draft=draft)


def _impossible(offer: Offer) -> bool:
    """An action that has nowhere to go is not worth a line: nothing can mend it."""
    return any(refusal.code == "aucune_etape_precedente" for refusal in offer.refusals)


def _view(
    asking: Asking,
    pipeline: Pipeline,
    subject: Subject,
    offer: Offer,
    back: Resumed | None,
    identity: Identity,
) -> ActionView:
    action = offer.action
    at_fields, general = _sorted_refusals(action, back)
    here = Asking(
        asking.connection,
        asking.engine,
        asking.organisme_id,
        scope=action.key,
        typed=back.typed if back else None,
        faults={**at_fields, **back.faults} if back else {},
    )
    told = _told(offer.refusals, (*general, *_unasked_reason(action, here)))
    reasons = tuple(
        Reason(text=each.message, url=_place(pipeline, subject, each.field)) for each in told
    )
    return ActionView(
        key=action.key,
        label=action.label,
        to_label=pipeline.stage(offer.to).label if offer.to else "",
        help=action.help,
        url=f"/dossiers/{subject.id}/actions/{action.key}",
        tone=action.tone,
        # A form to mend is shown again, even where mending it will not be enough.
        allowed=offer.allowed or bool(back and back.faults) or bool(at_fields),
        reasons=reasons,
        fields=questions(here, action.fields, _proposed(action, subject)),
        reason=reason_field(here, action),
        letters=letter_notices(asking.engine, action),
        open=back is not None and back.draft is None,
        reserved_to=_reserved(offer, not identity.may_write),
        lock_version=subject.lock_version,
        idempotency_key=uuid4().hex,
        draft=_draft(subject, action, back),
    )


def _draft(subject: Subject, action: Action, back: Resumed | None) -> DraftView | None:
    """Where the form keeps what is typed, if there is a text worth keeping."""
    long = action.reason or any(field.type == "texte_long" for field in action.fields)
    if not long:
        return None
    return draft_view(subject, action_form(action.key), back.draft if back else None)


def letter_notices(engine: Engine, action: Action) -> tuple[LetterNotice, ...]:
    """The letters that an action prepares."""
    letters = (engine.vocabulary.letters[key] for key in action.letters)
    return tuple(
        LetterNotice(title=letter.title, to_validate=letter.release == "a_valider")
        for letter in letters
    )


def _proposed(action: Action, subject: Subject) -> Mapping[str, Any]:
    """What is known already; the amount granted starts from the amount asked, under the cap."""
    known = {each.key: subject.values.get(each.key) for each in action.fields}
    if "montant_accorde" in known and known["montant_accorde"] is None:
        asked, cap = subject.values.get("montant_demande"), subject.row["plafond"]
        known["montant_accorde"] = asked if not asked or not cap else min(asked, cap)
    return known


def reason_field(asking: Asking, action: Action) -> FieldView | None:
    """The question of the reason, where the action owes one."""
    if not action.reason:
        return None
    typed = (asking.typed or {}).get(REASON) or ""
    return FieldView(
        name=REASON,
        label="Motif",
        type="texte_long",
        value=typed if isinstance(typed, str) else "",
        required=True,
        help="Gardé au journal, et repris dans le courrier s'il y en a un.",
        error=asking.faults.get(REASON, ""),
        longest=LONGEST_REASON,
        scope=asking.scope,
    )


def _unasked_reason(action: Action, asking: Asking) -> tuple[Refusal, ...]:
    """A reason given where none is asked has no field beside which to say so."""
    fault = None if action.reason else asking.faults.get(REASON)
    return (Refusal("motif_de_trop", fault),) if fault else ()


def _sorted_refusals(
    action: Action, back: Resumed | None
) -> tuple[dict[str, str], tuple[Refusal, ...]]:
    """What a form was refused for: beside the field where it can be mended, else above all."""
    if back is None:
        return {}, ()
    keys = {each.key for each in action.fields}
    at_fields: dict[str, str] = {}
    for each in back.reasons:
        if each.field in keys:
            # One field may be refused for several reasons.
            said = at_fields.get(each.field, "")
            at_fields[each.field] = f"{said} {each.message}".lstrip()
    return at_fields, tuple(each for each in back.reasons if each.field not in keys)


def _told(refusals: tuple[Refusal, ...], extra: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    return tuple(dict.fromkeys(each for each in (*refusals, *extra) if each.code != "role"))


def _place(pipeline: Pipeline, subject: Subject, where: str | None) -> str | None:
    """Where on the site a refusal can be mended."""
    if where is None:
        return None
    sheet, _, key = where.partition(".")
    if where == PLAN:
        return "?plan=modifier#plan"
    if key and sheet == "pieces":
        return f"#piece-{key}"
    if key and pipeline.sheet(sheet) is not None:
        return f"?fiche={sheet}#{sheet}-{key}"
    place = {"dossier": f"/dossiers/{subject.id}", "seance": subject.row["seance_id"]}
    return _PLACES[where].format(**place) if where in _PLACES else None


def _reserved(offer: Offer, read_only: bool) -> str:
    if not offer.role_missing and not read_only:
        return ""
    labels = [PIPELINE_ROLES.get(role, role).lower() for role in offer.action.roles]
    return " ou ".join(labels)
