"""What only the API refuses: the sentence of each is its docstring, as everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workflow.errors import DomainError, Invalid


class NoToken(DomainError):
    """Donnez un jeton dans l’en-tête « Authorization: Bearer … »."""

    code = "jeton_manquant"


class ScopeMissing(DomainError):
    """Ce jeton ne permet pas cela : il y faut la portée « {scope} »."""

    code = "portee_insuffisante"


class TooManyRequests(DomainError):
    """Trop de demandes avec ce jeton. Recommencez dans {seconds} s."""

    code = "trop_de_demandes"

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.seconds = seconds


class NotJson(DomainError):
    """Le corps de la demande n’est pas un objet JSON lisible."""

    code = "json_illisible"


class OtherMediaType(DomainError):
    """Le corps de la demande doit être de type « {expected} »."""

    code = "type_de_contenu"


class BrokenForm(DomainError):
    """Le corps de la demande n’est pas un formulaire multipart/form-data lisible et entier."""

    code = "formulaire_illisible"


class VersionOwed(DomainError):
    """Donnez dans l’en-tête « If-Match » la version que vous avez lue (« ETag »)."""

    code = "version_attendue"


class BadVersion(DomainError):
    """L’en-tête « If-Match » n’est pas une version reçue dans « ETag »."""

    code = "version_illisible"


class BadKey(DomainError):
    """L’en-tête « Idempotency-Key » compte 8 à 64 lettres, chiffres, tirets ou soulignés."""

    code = "cle_illisible"


class OtherCursor(DomainError):
    """Ce repère de page n’est pas de cette liste, de ce tri ou de ces filtres."""

    code = "repere_etranger"


class StructureAlike(DomainError):
    """Une structure connue ressemble à celle-ci. Choisissez-la, ou continuez malgré tout."""

    code = "structure_proche"

    def __init__(self, alike: list[Any]) -> None:
        super().__init__()
        self.alike = alike


class FilesRefused(Invalid):
    """Certains fichiers ne peuvent pas être acceptés : aucun n’a été gardé."""

    code = "fichiers_refuses"

    def __init__(self, field: str, refused: Iterable[tuple[str, str]]) -> None:
        self.refused = [{"nom": name, "message": why} for name, why in refused]
        told = " ".join(f"« {each['nom']} » : {each['message']}" for each in self.refused)
        super().__init__({field: told})
