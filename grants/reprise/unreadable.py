"""Why a whole file cannot be read: each sentence says what to do about it."""

from __future__ import annotations

from workflow.texts import InputFault


class UnreadableFile(InputFault):
    """Ce fichier n'est pas un tableau lisible. Enregistrez-le au format .xlsx ou .csv."""


class EmptyFile(UnreadableFile):
    """Ce fichier est vide. Choisissez celui qui contient le tableau."""


class OldSpreadsheet(UnreadableFile):
    """Ce fichier est à l'ancien format d'Excel (.xls). Ouvrez-le dans votre tableur, puis
    enregistrez-le au format .xlsx."""


class OtherSpreadsheet(UnreadableFile):
    """Ce fichier est un tableau d'un autre format (.ods ou .xlsb). Ouvrez-le dans votre tableur,
    puis enregistrez-le au format .xlsx."""


class ProtectedFile(UnreadableFile):
    """Ce fichier est protégé par un mot de passe. Ouvrez-le, retirez le mot de passe, puis
    enregistrez-le."""


class DamagedFile(UnreadableFile):
    """Ce fichier est abîmé. Ouvrez-le dans votre tableur, puis enregistrez-le sous un autre nom."""


class SwollenFile(UnreadableFile):
    """Ce fichier grossirait trop une fois ouvert. Recopiez les valeurs dans un classeur neuf."""


class TooManyRows(UnreadableFile):
    """Ce tableau dépasse 20 000 lignes. Partagez-le en plusieurs fichiers."""


class TooManyColumns(UnreadableFile):
    """Ce tableau dépasse 200 colonnes. Retirez celles qui ne servent pas."""


class TooManyMerged(UnreadableFile):
    """Ce tableau a trop de cellules fusionnées. Défusionnez-les, puis enregistrez-le."""


class UnknownEncoding(UnreadableFile):
    """Les caractères de ce fichier ne peuvent pas être lus. Enregistrez-le en « CSV UTF-8 »."""


class BrokenQuotes(UnreadableFile):
    """Un guillemet ouvert n'est jamais refermé dans ce fichier. Enregistrez-le en .xlsx."""


class NoSuchSheet(UnreadableFile):
    """Cette feuille n'est pas dans le fichier. Choisissez-en une autre."""
