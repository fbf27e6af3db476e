"""Why a file is refused: one sentence each, with what to do."""

from __future__ import annotations

import inspect

from workflow.texts import InputFault


class FileFault(InputFault):
    """Ce fichier ne peut pas être accepté. Enregistrez le document en PDF, puis réessayez."""

    def __init__(self, **details: object) -> None:
        """The docstring of the class is the sentence, `details` what it leaves open."""
        sentence = inspect.cleandoc(type(self).__doc__ or "").replace("\n", " ")
        super().__init__(sentence.format_map(details))


class EmptyFile(FileFault):
    """Ce fichier est vide. Vérifiez-le sur votre ordinateur, puis envoyez-le de nouveau."""


class TooHeavy(FileFault):
    """Ce fichier dépasse {most} Mo. Réduisez-le, ou envoyez-le en plusieurs parties."""


class UnknownKind(FileFault):
    """Ce n’est ni un PDF, ni une photo (JPEG, PNG, WebP, HEIC), ni un document Word, Excel ou
    LibreOffice. Enregistrez le document en PDF, puis réessayez."""


class OldOffice(FileFault):
    """C’est un document Office ancien, ou protégé par un mot de passe. Enregistrez-le en PDF, ou
    en .docx ou .xlsx sans mot de passe."""


class SeveralThings(FileFault):
    """Ce fichier en cache un autre. Imprimez le document en PDF, puis envoyez ce PDF."""


class Damaged(FileFault):
    """Ce fichier est abîmé ou incomplet. Ouvrez-le pour le vérifier, enregistrez-le de nouveau,
    puis réessayez."""


class Locked(FileFault):
    """Ce document est protégé par un mot de passe. Enregistrez-le sans protection, ou imprimez-le
    en PDF."""


class HasScripts(FileFault):
    """Ce document contient des macros ou du code qui s’exécute. Imprimez-le en PDF, puis envoyez
    ce PDF."""


class TooManyPages(FileFault):
    """Ce PDF compte {pages} pages, le maximum est {most}. Gardez les pages utiles, ou envoyez-le
    en plusieurs parties."""


class TooManyPixels(FileFault):
    """Cette image est trop grande : {most} millions de pixels au plus. Réduisez-la, ou
    photographiez de nouveau le document."""


class Swollen(FileFault):
    """Ce document est anormalement gros une fois décompressé. Imprimez-le en PDF, puis envoyez ce
    PDF."""
