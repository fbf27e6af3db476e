"""What is asked of a mission while it goes on."""

from __future__ import annotations

from workflow.pipeline import Field

JOURNEE_FIELDS = (
    Field(key="le", label="Date", type="date", required=True),
    Field(
        key="jours",
        label="Jours",
        type="nombre",
        required=True,
        minimum=25,
        maximum=3_000,
        help="Un quart de jour s’écrit 0,25.",
    ),
    Field(key="objet", label="Ce qui a été fait", type="texte", required=True, longest=500),
)
INVOICE_FIELDS = (
    Field(key="numero", label="Numéro de la facture", type="texte", required=True, longest=60),
    Field(key="le", label="Date", type="date", required=True),
    Field(
        key="montant",
        label="Montant toutes taxes comprises",
        type="montant",
        required=True,
        minimum=1,
    ),
)
PAYMENT_FIELDS = (Field(key="payee_le", label="Payée le", type="date", required=True),)
#: How a mission went, from worst to best.
EVALUATIONS = ("Très décevant", "Décevant", "Satisfaisant", "Très satisfaisant")
EVALUATION_FIELDS = (
    Field(
        key="evaluation",
        label="Comment la mission s’est passée",
        type="entier",
        required=True,
        minimum=1,
        maximum=len(EVALUATIONS),
        help="De 1 (très décevant) à 4 (très satisfaisant).",
    ),
    Field(
        key="appreciation",
        label="En quelques mots",
        type="texte_long",
        longest=2000,
        help="Ce qu’il faut savoir avant de le consulter de nouveau.",
    ),
)
