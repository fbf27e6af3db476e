"""The rules of a comité: what an organisme sets for each of its own, with domain.md's defaults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from grants.comites.comptage import Regle
from grants.comites.mots import DECISION, Mots, mots_of
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Choice, Field

#: What only a comité that decides has a use for.
_GRANTS = frozenset({"montant_inferieur", "depassement"})
NOMINATIF, SECRET = "nominatif", "secret"
#: What a quorum asks for: parts, out of parts.
QUORUMS = {"aucun": (0, 1), "tiers": (1, 3), "moitie": (1, 2), "deux_tiers": (2, 3)}


@dataclass(frozen=True, slots=True)
class Regles:
    """The rules of one comité [P]; those of a séance are copied onto it when it is convened.

    `a_distance`: whether members may vote from elsewhere: `non`, `pendant` the séance, or from
    its convening on (`avant`). `depassement`: whether the direction may decide beyond what is
    left of the enveloppe, with its reason. `nature`: whether the comité decides or advises.
    """

    nature: str = DECISION
    quorum: str = "moitie"
    majorite: str = "exprimes"
    partage: str = "president"
    pouvoirs: int = 1
    scrutin: str = NOMINATIF
    a_distance: str = "pendant"
    montant_inferieur: bool = True
    decompte_masque: bool = True
    depassement: bool = False

    @property
    def is_secret(self) -> bool:
        """Whether nobody may know who voted what."""
        return self.scrutin == SECRET

    @property
    def mots(self) -> Mots:
        """What its word is called."""
        return mots_of(self.nature)

    @property
    def counting(self) -> Regle:
        """What counting the votes needs of it."""
        parts, out_of = QUORUMS[self.quorum]
        return Regle(parts, out_of, self.majorite, self.partage)  # ty: ignore[invalid-argument-type]

    def dump(self) -> str:
        """As JSON, for the row that keeps it."""
        return json.dumps(asdict(self), sort_keys=True)


def load_regles(text: str) -> Regles:
    """What `dump` wrote; a rule added since has its default."""
    return replace(Regles(), **json.loads(text or "{}"))


def fields_of(regles: Regles) -> tuple[Field, ...]:
    """The rules that say something of this comité: one that advises grants nothing."""
    told = (
        REGLE_FIELDS if regles.mots.decides else (f for f in REGLE_FIELDS if f.key not in _GRANTS)
    )
    return tuple(told)


def read_regles(raw: Mapping[str, Raw]) -> tuple[dict[str, Any], dict[str, str]]:
    """What a form says of the rules: values and faults, by field."""
    return parse_fields(REGLE_FIELDS, raw, FIELD_TYPES)


def _choices(labels: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(key=key, label=label) for key, label in labels.items())


REGLE_FIELDS = (
    Field(
        key="quorum",
        label="Quorum",
        type="choix",
        required=True,
        choices=_choices(
            {
                "moitie": "La moitié des membres",
                "tiers": "Un tiers des membres",
                "deux_tiers": "Deux tiers des membres",
                "aucun": "Aucun : une personne suffit",
            }
        ),
        help="Compté dossier par dossier, présents et représentés, sans ceux qui se déportent.",
    ),
    Field(
        key="majorite",
        label="Majorité",
        type="choix",
        required=True,
        choices=_choices(
            {
                "exprimes": "Plus de la moitié des votes exprimés",
                "presents": "Plus de la moitié des présents et représentés",
                "membres": "Plus de la moitié des membres",
            }
        ),
        help="Une abstention n’est pas un vote exprimé.",
    ),
    Field(
        key="partage",
        label="À égalité",
        type="choix",
        required=True,
        choices=_choices(
            {
                "president": "La voix de la personne qui préside l’emporte",
                "ajourner": "Le dossier est ajourné",
            }
        ),
    ),
    Field(
        key="pouvoirs",
        label="Pouvoirs par personne",
        type="entier",
        required=True,
        minimum=0,
        maximum=20,
        help="Combien d’absents un membre peut représenter ; 0 : aucun.",
    ),
    Field(
        key="scrutin",
        label="Scrutin",
        type="choix",
        required=True,
        choices=_choices({"nominatif": "Nominatif", "secret": "Secret"}),
        help="Secret : personne ne sait qui a voté quoi, ni pendant, ni après.",
    ),
    Field(
        key="a_distance",
        label="Vote à distance",
        type="choix",
        required=True,
        choices=_choices(
            {
                "non": "Non : seulement dans la salle",
                "pendant": "Pendant la séance",
                "avant": "Dès la convocation, puis pendant la séance",
            }
        ),
    ),
    Field(
        key="montant_inferieur",
        label="Le comité peut accorder moins que demandé",
        type="oui_non",
        required=True,
    ),
    Field(
        key="decompte_masque",
        label="Décompte caché jusqu’à la clôture du vote",
        type="oui_non",
        required=True,
    ),
    Field(
        key="depassement",
        label="La direction peut dépasser l’enveloppe, en le motivant",
        type="oui_non",
        required=True,
    ),
)
