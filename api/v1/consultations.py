"""The consultation of prestataires: prepared, sent, opened, marked, chosen."""

from __future__ import annotations

from typing import Any

from api.piece_files import given_document
from api.v1.contract import Answer, Call, Subject
from api.v1.given import number_of
from api.v1.routes import PREFIX
from api.v1.shapes.consultations import Consultation, Consultations, Consulte, Offre, Offres
from api.v1.shapes.plain import Cree
from grants.dla.consultation.choosing import REASON, choose_offer
from grants.dla.consultation.comparison import Compared, compared, mark_offer
from grants.dla.consultation.criteres import MARK_FIELDS
from grants.dla.consultation.opening import open_offers
from grants.dla.consultation.preparation import (
    FIELDS,
    ask_prestataires,
    begin_consultation,
    change_consultation,
)
from grants.dla.consultation.reading import (
    Asked,
    Standing,
    consultation_ids,
    read_standing,
)
from grants.dla.consultation.sealed import opened_cv, opened_offers
from grants.dla.consultation.sending import (
    DEADLINE,
    give_up,
    postpone,
    send_consultation,
    send_link,
)
from grants.dla.consultation.sending import REASON as WHY
from grants.dla.missions.shares import Limit, shares_of, warning
from grants.dossiers.pieces.kinds import KINDS
from grants.dossiers.reading import parameters_of, read_subject
from workflow.dates import to_paris
from workflow.errors import NotFound
from workflow.pipeline import Field

subject = Subject("Consultations")
_ONE = "/consultations/{consultation_id}"
_OFFER = f"{_ONE}/offres/{{offre_id}}"
_EXAMPLE = {
    "cahier": "## Ce qui est attendu\n\nUn tableau de bord lu par le conseil.",
    "echeance": "2126-03-20T12:00",
    "poids_prix": "40",
    "poids_methode": "30",
    "poids_experience": "20",
    "poids_disponibilite": "10",
}
_WHOM = {
    "type": "object",
    "properties": {
        "prestataires": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[1-9][0-9]{0,17}$"},
            "title": "Les ids des prestataires à consulter",
        }
    },
    "required": ["prestataires"],
    "additionalProperties": False,
}
_DATES = (
    Field(key="date_debut", label="Début de la mission", type="date", required=True),
    Field(key="date_fin", label="Fin de la mission", type="date", required=True),
)


@subject.get(
    "/dossiers/{dossier_id}/consultations", "Les consultations d’un dossier", Consultations
)
def of_dossier(call: Call) -> Consultations:
    """Those of a dossier, the latest first. Raises NotFound."""
    id = call.id("dossier_id")
    read_subject(call.connection, call.house.engine, call.organisme_id, id, lock=False)
    ids = consultation_ids(call.connection, call.organisme_id, id)
    return {"consultations": [_told(_standing(call, each)) for each in ids]}


@subject.post("/dossiers/{dossier_id}/consultations", "Préparer une consultation", Cree, status=201)
def begin(call: Call) -> Answer:
    """Begin a consultation. Raises NotFound, NoConsultationHere, AlreadyConsulting."""
    about = (call.session, call.house.engine, call.identity, call.id("dossier_id"))
    id = begin_consultation(*about, call.now, call.key)
    return Answer({"id": id}, location=f"{PREFIX}/consultations/{id}")


@subject.get(_ONE, "Une consultation", Consultation)
def one(call: Call) -> Consultation:
    """One of them. Raises NotFound."""
    return _told(_standing(call, call.id("consultation_id")))


@subject.put(
    _ONE,
    "Changer ce qui est demandé",
    Consultation,
    asks=FIELDS,
    versioned=True,
    example=_EXAMPLE,
)
def change(call: Call) -> Consultation:
    """What is asked, until when, and the weights. Raises Invalid, NotFound, AlreadySent, Stale."""
    about = (call.session, call.identity, call.id("consultation_id"))
    change_consultation(*about, call.body, call.now, call.version)
    return one(call)


@subject.put(
    f"{_ONE}/prestataires",
    "Choisir qui consulter",
    Consultation,
    asks=None,
    schema=_WHOM,
    versioned=True,
    example={"prestataires": ["1", "2", "3"]},
)
def whom(call: Call) -> Consultation:
    """Whom to ask, by their ids. Raises Invalid, NotFound, AlreadySent, Stale."""
    typed = call.body.get("prestataires") or []
    # An id that is none is nobody's: it is refused as such.
    ids = [number_of(each) or 0 for each in ([typed] if isinstance(typed, str) else typed)]
    about = (call.session, call.identity, call.id("consultation_id"))
    ask_prestataires(*about, ids, call.now, call.version)
    return one(call)


@subject.post(f"{_ONE}/envoyer", "Envoyer la consultation", Consultation, versioned=True)
def send(call: Call) -> Consultation:
    """Write to everybody who is asked. Raises Invalid, NotFound, AlreadySent, Stale."""
    about = (call.session, call.house.engine, call.identity, call.id("consultation_id"))
    send_consultation(*about, call.now, call.version)
    return one(call)


@subject.post(
    f"{_ONE}/echeance",
    "Repousser l’échéance",
    Consultation,
    asks=DEADLINE,
    versioned=True,
    example={"echeance": "2126-04-20T12:00"},
)
def put_off(call: Call) -> Consultation:
    """Give everybody more time. Raises Invalid, NotFound, AlreadyOpened, Stale."""
    about = (call.session, call.house.engine, call.identity, call.id("consultation_id"))
    postpone(*about, call.body, call.now, call.version)
    return one(call)


@subject.post(
    f"{_ONE}/abandon",
    "Abandonner la consultation",
    Consultation,
    asks=WHY,
    versioned=True,
    example={"motif": "Le besoin a changé."},
)
def abandon(call: Call) -> Consultation:
    """Nothing will come of it. Raises Invalid, NotFound, ConsultationOver, Stale."""
    about = (call.session, call.house.engine, call.identity, call.id("consultation_id"))
    give_up(*about, call.body, call.now, call.version)
    return one(call)


@subject.post(f"{_ONE}/liens/{{consulte_id}}", "Renvoyer un lien", Consultation)
def new_link(call: Call) -> Consultation:
    """Send somebody a new link. Raises NotFound, AlreadyOpened."""
    about = (call.session, call.house.engine, call.identity, call.id("consultation_id"))
    send_link(*about, call.id("consulte_id"), call.now)
    return one(call)


@subject.post(f"{_ONE}/ouvrir", "Ouvrir les offres", Consultation)
def open_all(call: Call) -> Consultation:
    """Open the offers. Raises NotFound, TooSoonToOpen, NothingToOpen, AlreadyOpened."""
    id = call.id("consultation_id")
    open_offers(call.session, call.house.engine, call.identity, id, call.now)
    return one(call)


@subject.get(f"{_ONE}/offres", "Les offres ouvertes", Offres, conflicts=True)
def offers(call: Call) -> Offres:
    """The offers, once they are open. Raises NotFound, Sealed."""
    return {"offres": _offers(call)}


@subject.get(_OFFER, "Une offre ouverte", Offre, conflicts=True)
def offer(call: Call) -> Offre:
    """One offer, once they are open. Raises NotFound, Sealed."""
    found = next((each for each in _offers(call) if each["id"] == call.id("offre_id")), None)
    if found is None:
        raise NotFound
    return found


@subject.put(
    _OFFER,
    "Noter une offre",
    Offre,
    asks=MARK_FIELDS,
    versioned=True,
    example={"methode": "4", "experience": "3", "disponibilite": "5"},
)
def mark(call: Call) -> Offre:
    """Mark an offer; the version is the consultation's. Raises Invalid, NotFound, Sealed, Stale."""
    about = (call.session, call.identity, call.id("consultation_id"), call.id("offre_id"))
    mark_offer(*about, call.body, call.now, call.version)
    return offer(call)


@subject.get(
    f"{_OFFER}/document",
    "Le document d’une offre",
    None,
    media=tuple(sorted({kind.media for kind in KINDS.values()})),
    conflicts=True,
)
def document(call: Call) -> Answer:
    """The document of an opened offer. Raises NotFound, Sealed."""
    standing = _standing(call, call.id("consultation_id"))
    content = opened_cv(call.connection, standing.row, call.id("offre_id"))
    found = {each.id: each for each in opened_offers(call.connection, standing.row)}
    kept = found.get(call.id("offre_id"))
    if content is None or kept is None or kept.cv_type is None:
        raise NotFound
    return Answer(file=given_document(content, kept.cv_type, f"offre-{kept.id}"))


@subject.post(
    f"{_OFFER}/choisir",
    "Retenir une offre",
    Consultation,
    asks=(REASON, *_DATES),
    versioned=True,
    example={
        "motif": "La méthode la plus proche du besoin.",
        "date_debut": "2026-04-01",
        "date_fin": "2026-09-30",
    },
)
def choose(call: Call) -> Consultation:
    """Retain an offer: the dossier moves. Raises Invalid, Refused, NotFound, Sealed, Stale."""
    about = (call.session, call.house.engine, call.identity, call.id("consultation_id"))
    choose_offer(*about, call.id("offre_id"), call.body, call.now, call.version)
    return one(call)


def _standing(call: Call, id: int) -> Standing:
    return read_standing(call.connection, call.organisme_id, id)


def _told(standing: Standing) -> Consultation:
    row: Any = standing.row
    return {
        "id": row["id"],
        "dossier_id": row["dossier_id"],
        "etat": standing.state,
        "cahier": row["cahier"],
        "echeance": row["echeance"],
        "poids": standing.weights,
        "envoyee_le": row["envoyee_le"],
        "ouverte_le": row["ouverte_le"],
        "choisie_le": row["choisie_le"],
        "abandonnee_le": row["abandonnee_le"],
        "motif": row["motif"],
        "consultes": [_asked(each) for each in standing.asked],
        "version": row["seq"],
    }


def _asked(each: Asked) -> Consulte:
    return {
        "id": each.id,
        "prestataire_id": each.prestataire_id,
        "nom": each.nom,
        "contact": each.contact,
        "email": each.email,
        "offre_id": each.offre_id,
        "recue_le": each.recue_le,
        "decline_le": each.decline_le,
        "motif_du_refus": each.decline_motif,
    }


def _offers(call: Call) -> list[Offre]:
    standing = _standing(call, call.id("consultation_id"))
    rows = compared(call.connection, standing.row)
    about = (call.connection, call.house.engine, call.organisme_id)
    dossier = read_subject(*about, standing.row["dossier_id"], lock=False)
    limit, day = Limit.of(parameters_of(call.house.engine, dossier)), to_paris(call.now).date()
    told = []
    for each in rows:
        share = ""
        if standing.state == "ouverte":
            who = (call.connection, call.organisme_id, each.offer.prestataire_id, day)
            share = warning(shares_of(*who), each.offer.cout_ttc, limit)
        told.append(_offer(each, share))
    return told


def _offer(each: Compared, share: str) -> Offre:
    offer = each.offer
    return {
        "id": offer.id,
        "prestataire_id": offer.prestataire_id,
        "prestataire": offer.prestataire,
        "recue_le": offer.recue_le,
        "jours": offer.jours,
        "cout_ht": offer.cout_ht,
        "cout_ttc": offer.cout_ttc,
        "methode": offer.methode,
        "experience": offer.experience,
        "calendrier": offer.calendrier,
        "document": offer.cv_nom,
        "empreinte": offer.empreinte,
        "notes": dict(each.marks),
        "total": each.total,
        "meilleure": each.best,
        "retenue": offer.retenue,
        "part": share,
    }
