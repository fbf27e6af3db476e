"""What the description of the API says once for all: its introduction, its errors, its webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ID = {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"}
TEXT = {"type": "string", "pattern": "^[a-z0-9_]{1,60}$"}
FILE_NAME = {"type": "string", "pattern": "^[a-z0-9_.-]{1,60}$"}
BYTES = {"type": "string", "contentEncoding": "binary"}
FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
ANY_FIELDS = {
    "type": "object",
    "description": "Les champs que dit le « schema » du dispositif, de la fiche ou de l’action.",
    "additionalProperties": {
        "oneOf": [
            {"type": "string"},
            {"type": "null"},
            {"type": "array", "items": {"type": "string"}},
        ]
    },
}
PROBLEM_SHAPE = {
    "type": "object",
    "description": "Une erreur (RFC 9457). « code » est stable ; « detail » est pour les gens.",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "instance": {"type": "string"},
        "raisons": {
            "type": "array",
            "description": "Chaque raison d’un refus.",
            "items": {
                "type": "object",
                "required": ["code", "message", "champ"],
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "champ": {"type": ["string", "null"]},
                },
            },
        },
        "champs": {
            "type": "object",
            "description": "Par champ, ce qui est à corriger.",
            "additionalProperties": {"type": "string"},
        },
        "structures": {"type": "array", "items": {"type": "object"}},
        "fichiers": {
            "type": "array",
            "description": "Chaque fichier refusé, et pourquoi.",
            "items": {
                "type": "object",
                "required": ["nom", "message"],
                "properties": {"nom": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "reference": {"type": "string"},
    },
    "examples": [
        {
            "type": "/api/v1#refuse",
            "title": "Ce n’est pas possible",
            "status": 409,
            "detail": "« Accueillir » n'est pas possible pour l'instant.",
            "code": "refuse",
            "instance": "/api/v1/dossiers/12/actions/accueillir",
            "raisons": [
                {
                    "code": "injoignable",
                    "message": "Personne n’est joignable.",
                    "champ": "porteur",
                }
            ],
        }
    ],
}
INTRODUCTION = """Ce que font les écrans, un programme peut le faire : les mêmes services, les
mêmes règles, les mêmes phrases.

- **Jeton** : « Authorization: Bearer mp_… », créé dans le menu du compte, « Jetons d’API ».
- **Version** : ce qui se modifie porte une `version`, répétée dans `ETag`. Renvoyez-la dans
  `If-Match` ; absente, 428 ; dépassée, 412. `*` écrit sans regarder.
- **Clé** : la même `Idempotency-Key` avec la même demande donne la même réponse pendant un jour.
- **Pages** : suivez `suivant` (ou l’en-tête `Link`) tel quel.
- **Réponses** : toujours du texte, comme on le taperait (« 18500,00 », « 2026-03-12 »).
- **Fichiers** : en `multipart/form-data`, comme un formulaire ; ils sont rendus tels quels.
- **Erreurs** : `application/problem+json`, avec toutes les raisons à la fois.
- **Débit** : au-delà, 429 et `Retry-After`, en secondes.
- **Annonces** : chaque mouvement peut être annoncé à une adresse (« webhooks », plus bas).
"""


#: A move told to another program: OpenAPI describes what is sent as it does what is asked.
WEBHOOKS: Mapping[str, Any] = {
    "mouvement": {
        "post": {
            "operationId": "annonce_mouvement",
            "summary": "Un dossier a avancé",
            "description": (
                "Envoyé à chaque adresse prévenue, au moins une fois : un même « Webhook-Id » peut"
                " revenir. « Webhook-Signature » vaut « v1= » suivi du HMAC-SHA256, en"
                " hexadécimal, de « Webhook-Timestamp », d’un point et du corps, avec le secret"
                " donné à l’ajout de l’adresse : comparez-les avant de croire le message, et"
                " refusez ceux qui datent. Répondez 2xx ; sinon l’annonce revient six fois, de"
                " plus en plus tard, sur un jour et demi."
            ),
            "tags": ["Annonces"],
            "parameters": [
                {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
                for name in ("Webhook-Id", "Webhook-Timestamp", "Webhook-Signature")
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "description": "Ni nom ni réponse : ils se demandent.",
                            "required": ["id", "evenement", "le", "dossier", "dispositif"],
                            "properties": {
                                "id": {"type": "string"},
                                "evenement": {"type": "string"},
                                "le": {"type": "string", "format": "date-time"},
                                "dossier": {
                                    "type": "object",
                                    "required": ["id", "reference"],
                                    "properties": {
                                        "id": {"type": "integer"},
                                        "reference": {"type": "string"},
                                    },
                                },
                                "dispositif": {"type": "string"},
                                "action": {"type": "string"},
                                "de": {"type": "string"},
                                "vers": {"type": "string"},
                                "numero": {"type": "integer"},
                                "corrige": {"type": ["integer", "null"]},
                            },
                        },
                        "example": {
                            "id": "dossier-12-7",
                            "evenement": "mouvement",
                            "le": "2026-03-12T09:30:00+00:00",
                            "dossier": {"id": 12, "reference": "MP-2026-014"},
                            "dispositif": "microprojets",
                            "action": "inscrire_cts",
                            "de": "accompagnement",
                            "vers": "cts",
                            "numero": 7,
                            "corrige": None,
                        },
                    }
                },
            },
            "responses": {"200": {"description": "Reçu."}},
        }
    }
}
