"""« Nouveau contact » : one short form, which knows the structures already there."""

from __future__ import annotations

import re

from grants.structures.service import create_structure
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.reading import hidden, said, words
from tests.builders.shown_forms import ShownForm, shown_form
from tests.builders.visitors import Answer, Visitor

URL = "/dossiers/nouveau"
SIRET = "73282932000074"
CONTACT = {
    "pipeline": "microprojets",
    "contact_le": "2026-03-12",
    "titre": "Un jardin partagé",
    "porteur_nom": "Ana Porteuse",
    "porteur_email": "ana@example.org",
}


def form_of(answer: Answer) -> ShownForm:
    form = shown_form(answer.text, URL)
    assert form is not None
    return form


def new_structure(counter: Counter, **raw: str) -> int:
    with counter.database.unit_of_work() as session:
        return create_structure(session, counter.charge, raw, counter.now)


def opened(visitor: Visitor, answer: Answer) -> tuple[str, str]:
    """The address of the dossier that was opened, and what its page says."""
    assert answer.status_code == 303, said(answer)
    url = answer.headers["location"]
    shown = visitor.get(url)
    assert shown.status_code == 200
    return url, said(shown)


def test_the_empty_form_proposes_today_and_oneself(charge: Visitor, counter: Counter) -> None:
    shown = charge.get(URL)
    assert shown.status_code == 200
    assert form_of(shown).texts["contact_le"] == "2026-03-12"
    mine = counter.charge.compte_id
    assert re.search(rf'<option value="{mine}" selected', shown.text)
    for pipeline in counter.engine.catalogue.current():
        asked = charge.get(f"{URL}?dispositif={pipeline.key}")
        assert re.search(rf'<option value="{pipeline.key}" selected', asked.text)
    assert charge.get(f"{URL}?dispositif=inconnu").status_code == 200


def test_who_only_reads_has_no_such_form(lecteur: Visitor) -> None:
    assert lecteur.get(URL).status_code == 403
    assert lecteur.post(URL, CONTACT).status_code == 403
    assert lecteur.post(f"{URL}/proches", CONTACT).status_code == 403


def test_a_contact_opens_its_dossier_and_says_its_reference(charge: Visitor) -> None:
    key = hidden(charge.get(URL), URL, "idempotency_key")
    form = {**CONTACT, "idempotency_key": key, "structure_nom": "Les Jardins du Lez"}
    url, told = opened(charge, charge.post(URL, form))
    assert "Dossier MP-2026-001 ouvert." in told
    assert "Les Jardins du Lez" in told
    # A second click leads to the same dossier, by the same reference.
    again, told = opened(charge, charge.post(URL, form))
    assert again == url
    assert "Dossier MP-2026-001 ouvert." in told


def test_more_than_the_cap_is_opened_with_a_warning(charge: Visitor) -> None:
    _, told = opened(charge, charge.post(URL, {**CONTACT, "montant_demande": "25 000"}))
    assert "L'aide demandée dépasse le plafond de 23 000 €." in told
    assert "il faudra la réduire avant le comité" in told


def test_everything_to_mend_is_told_at_once_beside_its_field(charge: Visitor) -> None:
    typed = {
        "pipeline": "microprojets",
        "contact_le": "2026-03-13",
        "titre": "",
        "montant_demande": "beaucoup",
        "porteur_nom": "",
        "porteur_email": "ana",
        "structure_siret": "12",
        "commune": "Lunel",
    }
    answer = charge.post(URL, typed)
    assert answer.status_code == 422
    form = form_of(answer)
    for name in typed:
        assert bool(form.error_at(name)) == (name not in ("pipeline", "commune")), name
    for name in ("montant_demande", "porteur_email", "structure_siret", "commune", "contact_le"):
        assert form.texts[name] == typed[name]


# --- Structures that are known already ----------------------------------------------------------


def test_a_structure_that_resembles_a_known_one_is_asked_about(
    charge: Visitor, counter: Counter
) -> None:
    known = new_structure(counter, nom="Les Jardins du Lez", siret=SIRET, commune="Lattes")
    typed = {**CONTACT, "structure_nom": "Jardins du Lez", "commune": "Lunel"}
    key = hidden(charge.get(URL), URL, "idempotency_key")
    answer = charge.post(URL, {**typed, "idempotency_key": key})
    assert answer.status_code == 409
    assert "Une structure déjà connue ressemble à celle-ci" in said(answer)
    assert "Les Jardins du Lez" in said(answer)
    assert form_of(answer).texts["structure_nom"] == "Jardins du Lez"
    assert form_of(answer).texts["commune"] == "Lunel"
    assert hidden(answer, URL, "idempotency_key") == key
    chosen = {**typed, "idempotency_key": key, "structure_id": str(known)}
    url, _ = opened(charge, charge.post(URL, chosen))
    assert counter.read(int(url.rsplit("/", 1)[1])).row["structure_id"] == known


def test_one_may_go_on_when_it_is_none_of_them(charge: Visitor, counter: Counter) -> None:
    known = new_structure(counter, nom="Les Jardins du Lez")
    typed = {**CONTACT, "structure_nom": "Jardins du Lez", "continuer": "1"}
    url, _ = opened(charge, charge.post(URL, typed))
    row = counter.read(int(url.rsplit("/", 1)[1])).row
    assert (row["structure_nom"], row["structure_id"] == known) == ("Jardins du Lez", False)


def test_a_known_siret_is_asked_about_and_never_taken_twice(
    charge: Visitor, counter: Counter
) -> None:
    new_structure(counter, nom="Le Relais", siret=SIRET)
    typed = {**CONTACT, "structure_nom": "Tout autre nom", "structure_siret": SIRET}
    asked = charge.post(URL, typed)
    assert asked.status_code == 409
    assert "Le Relais" in said(asked)
    forced = charge.post(URL, {**typed, "continuer": "1"})
    assert forced.status_code == 422
    told = words(form_of(forced).error_at("structure_siret"))
    assert told == "Ce SIRET est déjà celui de « Le Relais »."
    # The structure it is remains one click away.
    assert "Le Relais" in said(forced)


def test_a_chosen_structure_may_be_changed_without_losing_the_rest(
    charge: Visitor, counter: Counter
) -> None:
    known = new_structure(counter, nom="Le Relais")
    typed = {**CONTACT, "structure_id": str(known), "titre": ""}
    answer = charge.post(URL, typed)
    assert answer.status_code == 422
    assert hidden(answer, URL, "structure_id") == str(known)
    again = charge.post(URL, {**typed, "changer_structure": "1"})
    assert again.status_code == 200
    assert "structure_nom" in form_of(again).texts
    assert form_of(again).texts["porteur_nom"] == "Ana Porteuse"


def test_a_structure_that_cannot_be_is_refused(charge: Visitor) -> None:
    for typed in ("abc", "-1", "0", "9" * 18, "9" * 19, "9" * 40, "٣"):
        answer = charge.post(URL, {**CONTACT, "structure_id": typed})
        assert answer.status_code == 422
        assert "Cette structure n'existe plus. Choisissez-en une autre." in said(answer)
        assert form_of(answer).texts["titre"] == "Un jardin partagé"


def test_anothers_structure_is_neither_proposed_nor_taken(
    charge: Visitor, counter: Counter, other_office: Office
) -> None:
    theirs = Counter(counter.database, counter.engine, other_office)
    foreign = new_structure(theirs, nom="Le Relais", siret=SIRET)
    near = charge.post(f"{URL}/proches", {**CONTACT, "structure_nom": "Le Relais"})
    assert "Le Relais" not in said(near)
    answer = charge.post(URL, {**CONTACT, "structure_id": str(foreign)})
    assert answer.status_code == 422
    assert "Cette structure n'existe plus." in said(answer)
    opened(charge, charge.post(URL, {**CONTACT, "structure_nom": "R", "structure_siret": SIRET}))


def test_near_structures_are_shown_while_one_types(charge: Visitor, counter: Counter) -> None:
    new_structure(counter, nom="Le Relais", siret=SIRET)
    near = charge.post(f"{URL}/proches", {"structure_siret": SIRET, "titre": "à moitié"})
    assert near.status_code == 200
    assert "Le Relais" in near.text
    assert "<form" not in near.text
    assert "Le Relais" not in charge.post(f"{URL}/proches", {"titre": "à moitié"}).text
