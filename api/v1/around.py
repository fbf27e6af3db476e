"""What hangs on a dossier: notes, referent, links, porteur, appointments, échéances."""

from __future__ import annotations

from api.v1 import shapes
from api.v1.contract import Call, Subject
from api.v1.dossiers import dossier
from api.v1.given import number_of, of_the_dossier, only_asked, row_named
from grants.dossiers import queries
from grants.dossiers.appointments import APPOINTMENT_FIELDS, meet_on
from grants.dossiers.notes import LONGEST_NOTE, add_note, give_to, tie
from grants.dossiers.people import Carriers, carry
from grants.organisation.people import PERSONNE_FIELDS, PERSONNES
from workflow.errors import Invalid
from workflow.pipeline import Field

subject = Subject("Autour d’un dossier")
_NOTE = Field(key="texte", label="Note", type="texte_long", longest=LONGEST_NOTE, required=True)
_REFERENT = Field(
    key="referent", label="Référent", type="texte", longest=19, help="L’id d’un collègue, ou rien."
)
_REFERENCE = Field(key="reference", label="Référence", type="texte", longest=20, required=True)
_STRUCTURE = Field(
    key="structure",
    label="Structure",
    type="texte",
    longest=19,
    help="L’id d’une structure, ou rien.",
)
_SEEN = Field(
    key="personne_version",
    label="Version du porteur",
    type="texte",
    longest=18,
    help="Celle du porteur que vous avez lu.",
)


@subject.get("/dossiers/{dossier_id}/notes", "Les notes d’un dossier", shapes.Notes)
def notes(call: Call) -> shapes.Notes:
    """The notes, newest first."""
    found = queries.notes_of(call.connection, of_the_dossier(call))
    return {
        "notes": [
            {"auteur": row["auteur"], "le": row["le"], "texte": row["texte"]} for row in found
        ]
    }


@subject.post(
    "/dossiers/{dossier_id}/notes",
    "Ajouter une note",
    shapes.Cree,
    status=201,
    asks=(_NOTE,),
    example={"texte": "Appelé ce matin : le devis arrive lundi."},
)
def write_note(call: Call) -> shapes.Cree:
    """Add a note. Raises Invalid, NotFound."""
    only_asked(call, _NOTE)
    found = add_note(
        call.session,
        call.house.engine,
        call.identity,
        call.id("dossier_id"),
        call.text("texte"),
        call.now,
        call.key,
    )
    return {"id": found.id}


@subject.put(
    "/dossiers/{dossier_id}/referent",
    "Confier un dossier",
    shapes.Dossier,
    asks=(_REFERENT,),
    versioned=True,
    example={"referent": "12"},
)
def change_referent(call: Call) -> shapes.Dossier:
    """Give the dossier to a colleague, or to nobody. Raises Invalid, NotFound, Stale."""
    only_asked(call, _REFERENT)
    give_to(
        call.session,
        call.house.engine,
        call.identity,
        call.id("dossier_id"),
        row_named(call.text("referent")),
        call.now,
        call.version,
    )
    return dossier(call)


@subject.get("/dossiers/{dossier_id}/liens", "Les dossiers liés", shapes.Liens)
def links(call: Call) -> shapes.Liens:
    """The dossiers tied to this one."""
    return {
        "liens": [
            {
                "id": each.id,
                "reference": each.reference,
                "titre": each.titre,
                "dispositif": each.pipeline,
                "etape": each.stage,
                "nature": each.nature,
                "ouvert_d_ici": each.opened_from_this,
            }
            for each in queries.linked_to(call.connection, of_the_dossier(call))
        ]
    }


@subject.post(
    "/dossiers/{dossier_id}/liens",
    "Lier un autre dossier",
    shapes.Liens,
    status=201,
    asks=(_REFERENCE,),
    example={"reference": "MP-2026-014"},
)
def tie_dossiers(call: Call) -> shapes.Liens:
    """Tie another dossier, named by its reference. Raises Invalid, NotFound."""
    only_asked(call, _REFERENCE)
    engine, reference = call.house.engine, call.text("reference")
    tie(call.session, engine, call.identity, call.id("dossier_id"), reference, call.now)
    return links(call)


@subject.get("/dossiers/{dossier_id}/porteur", "Le porteur d’un dossier", shapes.Dossier)
def porteur(call: Call) -> shapes.Dossier:
    """The dossier, with who carries it."""
    return dossier(call)


@subject.put(
    "/dossiers/{dossier_id}/porteur",
    "Corriger le porteur et la structure",
    shapes.Dossier,
    asks=(*PERSONNE_FIELDS, _STRUCTURE, _SEEN),
    versioned=True,
    example={"nom": "Amina Diallo", "telephone": "+33467000000", "structure": "7"},
)
def change_porteur(call: Call) -> shapes.Dossier:
    """Keep the porteur's name and numbers, and the structure. Raises Invalid, NotFound, Stale."""
    only_asked(call, *PERSONNE_FIELDS, _STRUCTURE, _SEEN)
    answers = {field.key: call.body.get(field.key) for field in PERSONNE_FIELDS}
    typed = call.text(_SEEN.key)
    seen = number_of(typed)
    if typed and seen is None:
        raise Invalid({_SEEN.key: "Donnez la version que vous avez lue."})
    carriers = Carriers(
        answers,
        row_named(call.text(_STRUCTURE.key)),
        call.version,
        seen,
    )
    carry(call.session, call.house.engine, call.identity, call.id("dossier_id"), carriers, call.now)
    return dossier(call)


@subject.get(
    "/dossiers/{dossier_id}/rendez-vous", "Les rendez-vous d’un dossier", shapes.LesRendezVous
)
def appointments(call: Call) -> shapes.LesRendezVous:
    """The appointments, the latest fixed first: it is the one in force."""
    found = queries.appointments_of(call.connection, of_the_dossier(call))
    return {"rendez_vous": [{"le": row["le"], "lieu": row["lieu"]} for row in found]}


@subject.post(
    "/dossiers/{dossier_id}/rendez-vous",
    "Fixer un rendez-vous",
    shapes.LesRendezVous,
    status=201,
    asks=APPOINTMENT_FIELDS,
    example={"rendez_vous": "2026-03-20T10:00", "lieu_rendez_vous": "Au bureau"},
)
def meet(call: Call) -> shapes.LesRendezVous:
    """Fix another appointment. Raises Invalid, NotFound, DossierEnded."""
    only_asked(call, *APPOINTMENT_FIELDS)
    meet_on(
        call.session,
        call.house.engine,
        call.identity,
        call.id("dossier_id"),
        call.body,
        call.now,
        call.key,
    )
    return appointments(call)


@subject.get("/dossiers/{dossier_id}/echeances", "Ce qui est prévu", shapes.Echeances)
def echeances(call: Call) -> shapes.Echeances:
    """What is still to come, soonest first."""
    return {
        "echeances": [
            {
                "regle": row["rule"],
                "nature": row["kind"],
                "le": row["due_at"],
                "etat": row["state"],
            }
            for row in queries.open_echeances_of(call.connection, of_the_dossier(call))
        ]
    }


@subject.get("/personnes/{personne_id}", "Une personne", shapes.Personne)
def personne(call: Call) -> shapes.Personne:
    """Somebody known to the organisme. Raises NotFound."""
    row = PERSONNES.read(call.connection, call.organisme_id, call.id("personne_id"))
    return {
        "id": row["id"],
        "nom": row["nom"],
        "email": row["email"],
        "telephone": row["telephone"],
        "civilite": row["civilite"],
        "version": row["seq"],
    }
