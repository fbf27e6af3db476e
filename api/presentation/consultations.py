"""A consultation as the team's page shows it, state after state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.presentation.consultation_offers import offer_rows
from api.presentation.fields import Asking, questions
from api.presentation.ledgers import story_of
from api.views.chrome import Link
from api.views.consultations import AskedRow, ConsultationPage
from api.views.fields import FieldGroup
from api.views.forms import FormView
from api.views.prose import prose_of
from api.visit import Visit
from grants.dla.consultation.criteres import CRITERES, WEIGHT_FIELDS, as_typed, read
from grants.dla.consultation.preparation import FIELDS
from grants.dla.consultation.reading import (
    CONSULTATIONS,
    Asked,
    Standing,
    consultation_ids,
    read_standing,
)
from grants.dla.consultation.sending import DEADLINE, REASON, fewest_of
from grants.dla.consultation.vocabulary import retaining
from grants.dla.missions.queries import mission_of_dossier
from grants.dossiers.reading import parameters_of, read_subject
from workflow.dates import format_date, format_datetime
from workflow.engine import Engine
from workflow.pipeline import Field
from workflow.subject import Subject

ONE = "/consultations"
STATES = {
    "preparation": ("En préparation", "bleu"),
    "envoyee": ("Offres attendues", "ocre"),
    "ouverte": ("Offres ouvertes", "prune"),
    "choisie": ("Prestataire choisi", "vert"),
    "abandonnee": ("Abandonnée", "pierre"),
}
_LEADS = {
    "preparation": "Écrivez ce qui est demandé, choisissez qui consulter, puis envoyez.",
    "envoyee": "Chacun répond sur sa page. Les offres restent fermées jusqu’à leur ouverture.",
    "ouverte": "Lisez et notez chaque offre, puis choisissez.",
    "choisie": "",
    "abandonnee": "",
}
#: The journal's words that are not columns of the form.
_TOLD = (
    Field(key="prestataires", label="Prestataires", type="texte"),
    Field(key="prestataire", label="Prestataire", type="texte"),
    Field(key="empreinte", label="Empreinte de l’offre", type="texte"),
    Field(key="motif", label="Motif", type="texte_long"),
    *(Field(key=key, label=label, type="texte") for key, label in CRITERES.items()),
)
# The cahier des charges stands above its story: each version of it would fill the page.
_LONG = ("cahier",)
_BY_KEY = {
    field.key: field
    for field in (*FIELDS, *_TOLD)
    if field not in WEIGHT_FIELDS and field.key not in _LONG
}


def consultation_page(
    connection: Connection,
    engine: Engine,
    visit: Visit,
    id: int,
    typed: Mapping[str, Mapping[str, Any]] | None = None,
    faults: Mapping[str, str] | None = None,
) -> ConsultationPage:
    """Everything of one consultation. `typed`: forms that came back. Raises NotFound."""
    organisme_id = visit.identity.organisme_id
    standing = read_standing(connection, organisme_id, id)
    row, state = standing.row, standing.state
    subject = read_subject(connection, engine, organisme_id, row["dossier_id"], lock=False)
    writes = visit.identity.may_write
    label, tone = STATES[state]
    asking = Asking(connection, engine, organisme_id)
    opened = state in ("ouverte", "choisie")
    return ConsultationPage(
        titre=subject.row["titre"] or "Projet sans titre",
        reference=subject.row["reference"],
        structure=subject.row["structure_nom"] or "",
        back=Link(label=subject.row["reference"], url=f"/dossiers/{subject.id}"),
        state=label,
        tone=tone,
        lead=_LEADS[state],
        key=state,
        version=row["seq"],
        url=f"{ONE}/{id}",
        cahier=prose_of(row["cahier"]),
        echeance=row["echeance"],
        weights=tuple((label, standing.weights.get(key, 0)) for key, label in CRITERES.items()),
        asked=tuple(_asked(standing, each, writes=writes) for each in standing.asked),
        offers=offer_rows(connection, engine, subject, standing, visit.now) if opened else (),
        motif=row["motif"],
        timeline=story_of(connection, CONSULTATIONS, id, _field_of, engine.vocabulary.field_types),
        faults=tuple((faults or {}).values()),
        **(_to_do(asking, engine, subject, standing, visit.now, typed or {}) if writes else {}),
        **_around(connection, standing),
    )


def _field_of(_line: object, key: str) -> Field | None:
    return _BY_KEY.get(key)


def _asked(standing: Standing, each: Asked, *, writes: bool) -> AskedRow:
    said, tone = _answer(standing, each)
    again = writes and standing.state == "envoyee"
    return AskedRow(
        nom=each.nom,
        contact=each.contact,
        email=each.email,
        said=said,
        tone=tone,
        url=f"/prestataires/{each.prestataire_id}",
        link_url=f"{ONE}/{standing.id}/liens/{each.id}" if again else None,
    )


def _answer(standing: Standing, each: Asked) -> tuple[str, str]:
    if each.recue_le is not None:
        return f"Offre reçue le {format_datetime(each.recue_le)}", "vert"
    if each.decline_le is not None:
        why = f" : {each.decline_motif}" if each.decline_motif else ""
        return f"A décliné le {format_date(each.decline_le.date())}{why}", "pierre"
    if standing.state == "preparation":
        return "À consulter", "bleu"
    return (
        ("Réponse attendue", "ocre") if standing.state == "envoyee" else ("Sans réponse", "pierre")
    )


def _to_do(
    asking: Asking,
    engine: Engine,
    subject: Subject,
    standing: Standing,
    now: datetime,
    typed: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """What can be done now, by whoever may write."""
    url, state = f"{ONE}/{standing.id}", standing.state
    told: dict[str, Any] = {}
    if state == "preparation":
        fewest = fewest_of(parameters_of(engine, subject))
        whole = len(standing.asked) >= fewest and standing.row["echeance"] is not None
        told |= {"edit_url": f"{url}/modifier", "ask_url": f"{url}/prestataires"}
        told |= {"may_send": True, "ready": whole}
    if state == "envoyee":
        told["may_open"] = standing.may_open(now) and standing.offers > 0
        told["opens"] = _when_it_opens(standing, now)
        told["postpone"] = small(asking, f"{url}/echeance", "Repousser", DEADLINE, typed, standing)
    if state == "ouverte":
        told["choose_url"] = f"{url}/choisir"
    if state in ("preparation", "envoyee", "ouverte"):
        told["give_up"] = small(asking, f"{url}/abandon", "Abandonner", REASON, typed, standing)
    elif retaining(engine, subject) is not None:
        told["again_url"] = f"/dossiers/{subject.id}/consultation"
    return told


def _when_it_opens(standing: Standing, now: datetime) -> str:
    due = standing.row["echeance"]
    if not standing.may_open(now):
        return f"Les offres s’ouvrent après le {format_datetime(due)}, ou dès que chacun a répondu."
    if not standing.offers:
        return "Aucune offre n’est arrivée : repoussez l’échéance, ou abandonnez la consultation."
    return "Une fois ouvertes, les offres ne changent plus, et tout le monde ici peut les lire."


def small(
    asking: Asking,
    url: str,
    submit: str,
    fields: tuple[Field, ...],
    typed: Mapping[str, Mapping[str, Any]],
    standing: Standing,
) -> FormView:
    """A form of one question, in its place on the page."""
    back = typed.get(url, {})
    asked = Asking(
        asking.connection,
        asking.engine,
        asking.organisme_id,
        scope=url.rpartition("/")[2],
        typed=back.get("typed"),
        faults=back.get("faults", {}),
    )
    return FormView(
        url=url,
        groups=(FieldGroup(fields=questions(asked, fields, {})),),
        submit=submit,
        lock_version=standing.row["seq"],
    )


def _around(connection: Connection, standing: Standing) -> dict[str, Any]:
    """The mission that came of it, and the dossier's other consultations."""
    row = standing.row
    place = (connection, row["organisme_id"], row["dossier_id"])
    mission = mission_of_dossier(*place)
    told: dict[str, Any] = {}
    if standing.state == "choisie" and mission is not None:
        label = f"Mission n° {mission['numero']}"
        told["mission"] = Link(label=label, url=f"/missions/{mission['id']}")
    ids = consultation_ids(*place)
    others = [
        Link(label=f"Consultation {rank}", url=f"{ONE}/{id}")
        for rank, id in enumerate(reversed(ids), start=1)
        if id != standing.id
    ]
    return {**told, "others": tuple(others)}


def known_of(standing: Standing) -> dict[str, Any]:
    """What the form of a consultation is filled with."""
    row = standing.row
    kept = {"cahier": row["cahier"], "echeance": row["echeance"]}
    return {**kept, **as_typed(read(row["criteres"]))}
