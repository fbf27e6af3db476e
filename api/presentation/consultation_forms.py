"""The forms of a consultation: what is asked, whom, how an offer is marked, which is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api.presentation.consultation_offers import offer_rows
from api.presentation.consultations import ONE, known_of
from api.presentation.fields import Asking, question, questions
from api.presentation.prestataires import row_of
from api.views.chrome import Link
from api.views.consultations import Askable, AskingPage, ChoosePage
from api.views.fields import FieldGroup
from api.views.forms import FormPage, FormView
from api.visit import Visit
from grants.dla.annuaire import PrestataireFilters, prestataires_of
from grants.dla.consultation.choosing import REASON
from grants.dla.consultation.criteres import MARK_FIELDS, WEIGHT_FIELDS
from grants.dla.consultation.preparation import FIELDS, against
from grants.dla.consultation.reading import Standing
from grants.dla.consultation.sealed import Offer
from grants.dla.consultation.sending import fewest_of
from grants.dla.consultation.vocabulary import KEPT, retaining
from grants.dla.missions.queries import Past, past_of
from grants.dla.missions.shares import Limit, Share, shares_of_all
from grants.dla.suggestions import Suggestion, needs_of, suggest
from grants.dossiers.reading import parameters_of
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.money import format_number
from workflow.pipeline import Choice, Field
from workflow.subject import Subject

_ASKED = tuple(field for field in FIELDS if field not in WEIGHT_FIELDS)


def consultation_form(
    asking: Asking, standing: Standing, *, version: int | None, conflict: str
) -> FormPage:
    """What is asked, until when, and what each criterion weighs."""
    known, url = known_of(standing), f"{ONE}/{standing.id}"
    groups = (
        FieldGroup(fields=questions(asking, _ASKED, known)),
        FieldGroup(
            title="Poids des critères",
            help="Cent en tout. Le prix se note tout seul : le moins cher a 5 sur 5.",
            fields=questions(asking, WEIGHT_FIELDS, known),
        ),
    )
    return FormPage(
        title="Ce qui est demandé",
        back=Link(label="Consultation", url=url),
        form=FormView(
            url=f"{url}/modifier",
            groups=groups,
            submit="Enregistrer",
            cancel_url=url,
            lock_version=version,
            conflict=conflict,
        ),
    )


def asking_page(
    asking: Asking,
    visit: Visit,
    subject: Subject,
    standing: Standing,
    chosen: Iterable[int] | None = None,
    fault: str = "",
) -> AskingPage:
    """Whom to ask: those who fit first, then everybody else of the directory."""
    engine, organisme_id = asking.engine, asking.organisme_id
    place = (asking.connection, organisme_id)
    today = to_paris(visit.now).date()
    lines = prestataires_of(*place, PrestataireFilters(actif=True), today)
    fitting = suggest(lines, needs_of(subject.values))
    known = {each.line.id for each in fitting}
    others = [Suggestion(line, (), ()) for line in lines if line.id not in known]
    ticked = set(chosen) if chosen is not None else {e.prestataire_id for e in standing.asked}
    limit = Limit.of(parameters_of(engine, subject))
    shares, past = shares_of_all(*place, today), past_of(*place)
    url = f"{ONE}/{standing.id}"
    return AskingPage(
        title="Prestataires à consulter",
        back=Link(label="Consultation", url=url),
        url=f"{url}/prestataires",
        version=standing.row["seq"],
        rows=tuple(
            Askable(
                row=row_of(each.line, each.reasons, each.doubts),
                id=each.line.id,
                chosen=each.line.id in ticked,
                refused=against(each.line),
                share=share_told(shares.get(each.line.id), limit),
                past=past_told(past.get(each.line.id)),
            )
            for each in (*fitting, *others)
        ),
        fewest=fewest_of(parameters_of(engine, subject)),
        fault=fault,
    )


#: How near the limit a prestataire is marked, in points of per cent.
_NEAR = 5


def share_told(shares: tuple[Share, Share] | None, limit: Limit) -> str:
    """« 18 % des missions en 2026 »: said of who is near the limit, or above it."""
    told = [
        f"{max(each.of_missions, each.of_cents)} % des missions ou des montants {each.label}"
        for each in shares or ()
        if each.whole.missions >= limit.missions
        and max(each.of_missions, each.of_cents) >= limit.percent - _NEAR
    ]
    return " ; ".join(told)


def past_told(past: Past | None) -> str:
    """« 3 missions, 3,5 sur 4 »: what is known of somebody from before."""
    if past is None:
        return ""
    many = f"{past.missions} mission{'s' if past.missions > 1 else ''}"
    return many if past.mean is None else f"{many}, {format_number(past.mean)} sur 4"


def mark_form(
    asking: Asking, standing: Standing, offer: Offer, *, version: int | None, conflict: str
) -> FormView | None:
    """The marks of an offer, as long as none is chosen."""
    if standing.state != "ouverte":
        return None
    return FormView(
        url=f"{ONE}/{standing.id}/offres/{offer.id}",
        groups=(FieldGroup(fields=questions(asking, MARK_FIELDS, offer.notes)),),
        submit="Noter cette offre",
        cancel_url=f"{ONE}/{standing.id}",
        lock_version=version,
        conflict=conflict,
    )


def choice_fields(engine: Engine, subject: Subject, offers: Iterable[Offer]) -> tuple[Field, ...]:
    """Which offer, why, and what the move asks beside what the offer says."""
    choices = tuple(Choice(key=f"o{each.id}", label=each.prestataire) for each in offers)
    offre = Field(key="offre", label="Offre retenue", type="choix", required=True, choices=choices)
    action = retaining(engine, subject)
    more = [field for field in action.fields if field.key not in KEPT] if action else []
    return (offre, REASON, *more)


def choice_page(
    asking: Asking,
    visit: Visit,
    subject: Subject,
    standing: Standing,
    offers: list[Offer],
    *,
    version: int | None,
    conflict: str,
    known: Mapping[str, Any],
) -> ChoosePage:
    """The grid again, and the choice."""
    fields = choice_fields(asking.engine, subject, offers)
    url = f"{ONE}/{standing.id}"
    form = FormView(
        url=f"{url}/choisir",
        groups=(FieldGroup(fields=tuple(question(asking, f, known.get(f.key)) for f in fields)),),
        submit="Retenir cette offre",
        cancel_url=url,
        lock_version=version,
        conflict=conflict,
    )
    rows = offer_rows(asking.connection, asking.engine, subject, standing, visit.now)
    back = Link(label="Consultation", url=url)
    return ChoosePage(title="Choisir une offre", back=back, offers=rows, form=form)
