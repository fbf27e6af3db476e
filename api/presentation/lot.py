"""A lot as its page shows it: what may be asked, how far it is, what became of each dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from api.forms import new_key
from api.presentation.actions import letter_notices
from api.presentation.fields import Asking, Typed, questions
from api.presentation.stages import badge
from api.views.chrome import Link
from api.views.fields import Choice, FieldView
from api.views.listing import Tab
from api.views.lot import (
    LotAction,
    LotForm,
    LotGroup,
    LotPage,
    LotReason,
    LotRow,
    SimpleForm,
)
from api.visit import Visit
from grants.dossiers.answers import LONGEST_REASON, REASON
from grants.dossiers.etiquettes.queries import tags_of_organisme
from grants.dossiers.etiquettes.service import LONGEST
from grants.dossiers.lots.actions import CommonAction, common_actions
from grants.dossiers.lots.queries import (
    Group,
    LotLine,
    OpenLot,
    counts_by_state,
    groups_of,
    left_of,
    lines_of_lot,
    read_lot,
    reasons_of,
)
from grants.organisation.vocabulary import collegue_choices
from workflow.engine import Engine
from workflow.errors import NotFound

OUTCOMES = {
    "attente": "à faire",
    "possible": "passerait",
    "impossible": "ne passerait pas",
    "fait": "fait",
    "deja": "l'était déjà",
    "refuse": "refusé",
    "annule": "annulé",
    "garde": "changé depuis, laissé tel quel",
}
_TABS = {
    "refuse": "Refusés",
    "impossible": "Ne passeraient pas",
    "possible": "Passeraient",
    "fait": "Faits",
    "deja": "L'étaient déjà",
    "annule": "Annulés",
    "garde": "Laissés tels quels",
    "attente": "À faire",
}
_NOBODY = Choice(value="0", label="Personne")


@dataclass(frozen=True, slots=True)
class LookingAtLot:
    """How a lot is looked at: the action chosen, a form that came back, which dossiers."""

    action: tuple[str, str] | None = None
    typed: Typed | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""
    after: int = 0


def lot_page(
    connection: Connection, engine: Engine, visit: Visit, lot_id: int, looking: LookingAtLot
) -> LotPage:
    """Everything that the page shows. Raises NotFound."""
    lot = read_lot(connection, visit.identity, lot_id)
    groups = groups_of(connection, lot.id)
    counts = counts_by_state(connection, lot.id)
    outcome = looking.outcome if looking.outcome in counts else _first(counts)
    shown, after = lines_of_lot(connection, lot.id, (outcome,), looking.after)
    url = f"/lots/{lot.id}"
    return LotPage(
        title=lot.titre or "Agir sur plusieurs dossiers",
        lead=_lead(lot, counts),
        count=lot.nombre,
        state=lot.etat,
        at=lot.cree_le,
        back=Link(label="Liste", url=f"/liste?{lot.retour}" if lot.retour else "/liste"),
        groups=tuple(_group(engine, each) for each in groups),
        reasons=tuple(
            LotReason(text=text, count=count)
            for text, count in reasons_of(connection, lot.id).most_common()
        ),
        tabs=_tabs(url, counts, outcome),
        rows=tuple(_row(engine, each) for each in shown),
        next_url=f"{url}?devenus={outcome}&apres={after}#dossiers" if after else None,
        **(_to_do(connection, engine, visit, lot, groups, looking, counts)),
    )


def _to_do(
    connection: Connection,
    engine: Engine,
    visit: Visit,
    lot: OpenLot,
    groups: list[Group],
    looking: LookingAtLot,
    counts: Mapping[str, int],
) -> dict[str, Any]:
    """What may be done next, by whoever may write."""
    url = f"/lots/{lot.id}"
    if not visit.identity.may_write:
        return {}
    if lot.working:
        done = lot.nombre - left_of(lot, counts)
        return {"progress": 100 * done // lot.nombre, "done": done, "go_on_url": f"{url}/suite"}
    if lot.etat in ("choix", "verifie"):
        offered = common_actions(engine, visit.identity, groups)
        asked = looking.action or _asked(lot)
        found: dict[str, Any] = {
            "simple": _simple(connection, visit, url, looking) if not asked else (),
            "actions": tuple(_action(each, url) for each in offered) if not asked else (),
        }
        if lot.etat == "verifie" and not looking.action:
            return {"execute_url": f"{url}/executer", "execute_label": lot.titre}
        if asked:
            found["form"] = _form(connection, engine, visit, lot, offered, asked, looking)
        return found
    if counts.get("refuse"):
        return {
            "again_url": f"{url}/reprendre",
            "again_key": new_key(),
            "again_count": counts["refuse"],
        }
    return {}


def _asked(lot: OpenLot) -> tuple[str, str] | None:
    if lot.nature != "avancer":
        return None
    return lot.demande["pipeline"], lot.demande["action"]


def _lead(lot: OpenLot, counts: Mapping[str, int]) -> str:
    """« 3 faits, 2 refusés », or what is going on."""
    said = {
        "choix": "Rien n'est encore fait : choisissez ce qu'il faut faire de ces dossiers.",
        "verification": "Chaque dossier est vérifié. Rien n'est encore fait.",
        "execution": "Chaque dossier est traité séparément, avec son propre résultat.",
        "annulation": "Les changements sont annulés, dossier par dossier.",
    }
    if lot.etat in said:
        return said[lot.etat]
    return outcome_of_lot(counts)


def outcome_of_lot(counts: Mapping[str, int]) -> str:
    """« 3 faits, 2 refusés »."""
    words = {
        "possible": ("passerait", "passeraient"),
        "impossible": ("ne passerait pas", "ne passeraient pas"),
        "fait": ("fait", "faits"),
        "deja": ("l'était déjà", "l'étaient déjà"),
        "refuse": ("refusé", "refusés"),
        "annule": ("annulé", "annulés"),
        "garde": ("laissé tel quel", "laissés tels quels"),
    }
    told = [
        f"{counts[state]} {one if counts[state] == 1 else many}"
        for state, (one, many) in words.items()
        if counts.get(state)
    ]
    return f"{', '.join(told)}." if told else ""


def _first(counts: Mapping[str, int]) -> str:
    return next((state for state in _TABS if counts.get(state)), "attente")


def _tabs(url: str, counts: Mapping[str, int], present: str) -> tuple[Tab, ...]:
    return tuple(
        Tab(
            label=label,
            url=f"{url}?devenus={state}#dossiers",
            present=state == present,
            count=counts[state],
        )
        for state, label in _TABS.items()
        if counts.get(state)
    )


def _group(engine: Engine, group: Group) -> LotGroup:
    pipeline = engine.catalogue.machine(group.pipeline, group.version).pipeline
    return LotGroup(pipeline=pipeline.label, stage=badge(pipeline, group.stage), count=group.count)


def _row(engine: Engine, line: LotLine) -> LotRow:
    dossier = line.dossier
    pipeline = engine.catalogue.machine(dossier.pipeline, dossier.pipeline_version).pipeline
    return LotRow(
        url=f"/dossiers/{dossier.id}",
        reference=dossier.reference,
        structure=dossier.carried_by,
        titre=dossier.titre or "Projet sans titre",
        stage=badge(pipeline, dossier.stage),
        outcome=line.etat,  # ty: ignore[invalid-argument-type]  # the CHECK of the table lists them
        outcome_label=OUTCOMES[line.etat],
        reasons=line.raisons,
    )


def _action(offered: CommonAction, url: str) -> LotAction:
    action = offered.action
    return LotAction(
        label=action.label,
        url=f"{url}?action={offered.pipeline}.{action.key}",
        count=offered.count,
        tone=action.tone,
        help=action.help,
    )


def _form(
    connection: Connection,
    engine: Engine,
    visit: Visit,
    lot: OpenLot,
    offered: list[CommonAction],
    asked: tuple[str, str],
    looking: LookingAtLot,
) -> LotForm:
    chosen = next(
        (each.action for each in offered if (each.pipeline, each.action.key) == asked), None
    )
    if chosen is None:
        raise NotFound
    here = Asking(
        connection,
        engine,
        visit.identity.organisme_id,
        scope="lot",
        typed=looking.typed if looking.typed is not None else _typed_before(lot, asked),
        faults=looking.faults,
    )
    fields = questions(here, chosen.fields, {})
    if chosen.reason:
        fields = (*fields, _reason(here))
    return LotForm(
        label=chosen.label,
        url=f"/lots/{lot.id}/actions/{asked[0]}/{asked[1]}",
        fields=fields,
        letters=letter_notices(engine, chosen),
        help=chosen.help,
    )


def _typed_before(lot: OpenLot, asked: tuple[str, str]) -> Typed | None:
    """What was answered when the lot was last rehearsed, to be changed rather than typed again."""
    if _asked(lot) != asked:
        return None
    return {**lot.demande["champs"], REASON: lot.demande["motif"]}


def _reason(asking: Asking) -> FieldView:
    typed = (asking.typed or {}).get(REASON) or ""
    return FieldView(
        name=REASON,
        label="Motif",
        type="texte_long",
        value=typed if isinstance(typed, str) else "",
        required=True,
        help="Le même pour tous : gardé au journal de chaque dossier, et repris dans le courrier.",
        error=asking.faults.get(REASON, ""),
        longest=LONGEST_REASON,
        scope="lot",
    )


def _simple(
    connection: Connection, visit: Visit, url: str, looking: LookingAtLot
) -> tuple[SimpleForm, ...]:
    """Giving to a colleague, putting an étiquette, taking one off."""
    organisme_id = visit.identity.organisme_id
    people = collegue_choices(connection, organisme_id)
    tags = tags_of_organisme(connection, organisme_id)
    colleagues = (*(Choice(value=str(id), label=nom) for id, nom in people), _NOBODY)
    forms = [
        SimpleForm(
            title="Confier",
            url=f"{url}/confier",
            field=_asked_alone(looking, "referent", "À qui", "choix", choices=colleagues),
            button="Confier les dossiers",
        ),
        SimpleForm(
            title="Ajouter une étiquette",
            url=f"{url}/etiqueter",
            field=_asked_alone(
                looking,
                "etiquette",
                "Étiquette",
                "texte",
                longest=LONGEST,
                placeholder="À rappeler",
                suggestions=tuple(tag.nom for tag in tags),
            ),
            button="Ajouter l’étiquette",
        ),
    ]
    if tags:
        known = tuple(Choice(value=str(tag.id), label=tag.nom) for tag in tags)
        retiree = _asked_alone(looking, "retiree", "Étiquette à retirer", "choix", choices=known)
        url, button = f"{url}/retirer", "Retirer l’étiquette"
        removal = SimpleForm(title="Retirer une étiquette", url=url, field=retiree, button=button)
        forms.append(removal)
    return tuple(forms)


def _asked_alone(looking: LookingAtLot, name: str, label: str, kind: Any, **more: Any) -> FieldView:
    """The one question of a form, with what was typed in it."""
    value = (looking.typed or {}).get(name) or ""
    return FieldView(
        name=name,
        label=label,
        type=kind,
        value=value if isinstance(value, str) else "",
        error=looking.faults.get(name, ""),
        required=True,
        **more,
    )
