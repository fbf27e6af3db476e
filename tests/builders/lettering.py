"""A letterhead, a context and letters to write, as the tests of the letters use them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import page

from notifications.letter_source import digest_of_source, join_source
from notifications.letterhead import EUROPE, FRANCE
from notifications.letters import Letter
from notifications.render import Letterhead, Recipient, Template, Written, write
from tests.builders.images import png

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
REFERENCE = "MP-2027-001"
HEAD = Letterhead(
    name="Tremplin 06",
    address=("12, rue de la République", "06300 Nice"),
    contact="04 93 00 00 00 · contact@tremplin.example",
    place="Nice",
    logo=png(300, 100),
    signature=png(200, 80),
    signatory="Camille Exemple",
    signatory_title="La directrice",
    emblems=(EUROPE, FRANCE),
)
PORTEUSE = Recipient("Ana Porteuse", "ana@porteur.example", 4)
CONTEXT: dict[str, Any] = {
    "organisme": {"nom": "Tremplin 06", "sigle": None, "email": "contact@tremplin.example"},
    "dossier": {
        "reference": REFERENCE,
        "titre": "Un jardin",
        "montant_accorde": 2_300_000,
        "montant_demande": None,
    },
    "structure": {
        "nom": "Les Jardins partagés",
        "adresse": "3, chemin des Oliviers\nBâtiment B",
        "code_postal": "06000",
        "commune": "Nice",
    },
    "porteur": {"nom": "Ana Porteuse", "civilite": "madame", "email": "ana@porteur.example"},
    "referent": {
        "nom": "Max Référent",
        "email": "max@tremplin.example",
        "telephone": "+33493001122",
    },
    "rendez_vous": {"le": "2027-03-20T09:30:00Z", "lieu": "au siège"},
    "seance": {"comite": "Comité de sélection", "tenue_le": "2027-04-01T08:00:00Z", "lieu": "Nice"},
    "action": {"motif": "Le budget est à revoir."},
    "pieces_manquantes": [
        {"label": "Statuts", "pourquoi": "signés"},
        {"label": "RIB", "pourquoi": None},
    ],
}
BODY = """\
{{ porteur.civilite | appel }},

Le comité accorde **{{ dossier.montant_accorde | montant }}**
({{ dossier.montant_accorde | en_lettres }}) à « {{ dossier.titre }} ».

## À faire

1. signer la convention ;
2. envoyer :
{% for piece in pieces_manquantes %}
   - {{ piece.label }}{% if piece.pourquoi %} ({{ piece.pourquoi }}){% endif %}

{% endfor %}

| Versement | Montant |
|---|--:|
| Avance | {{ dossier.montant_accorde | montant }} |

> {{ action.motif }}

Écrivez à {{ referent.email | courriel }} ou voyez [notre site](https://tremplin.example/aide).
"""


def letter(**values: Any) -> Letter:
    """A catalogue row."""
    usual = {"key": "accord", "title": "Accord", "to": "porteur", "release": "a_valider"}
    return Letter.model_validate(usual | values)


def template(
    body: str = BODY, subject: str = "Votre projet {{ dossier.titre }}", **values: Any
) -> Template:
    """An original with that subject and that text."""
    source = join_source(subject, body)
    return Template(letter(**values), source, None, digest_of_source(source))


def written(
    body: str = BODY,
    *,
    context: Mapping[str, Any] = CONTEXT,
    head: Letterhead = HEAD,
    recipient: Recipient = PORTEUSE,
    subject: str = "Votre projet {{ dossier.titre }}",
    **values: Any,
) -> Written:
    """That letter, written for Ana."""
    return write(
        template(body, subject, **values),
        context,
        letterhead=head,
        recipient=recipient,
        reference=REFERENCE,
        at=AT,
    )


def with_(group: str, **values: Any) -> dict[str, Any]:
    """The context, with other values in one of its groups."""
    return {**CONTEXT, group: {**CONTEXT[group], **values}}


def faults_of_pdf(pdf: bytes) -> list[str]:
    """What an independent reader finds against PDF/A-2a and PDF/UA-1."""
    profiles = (page.ValidationProfile.PDF_A_2A, page.ValidationProfile.PDF_UA_1)
    found = [page.validate_pdf_bytes(pdf, profile=profile) for profile in profiles]
    return [str(fault) for report in found for fault in report.failures]
