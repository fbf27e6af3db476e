"""The model to fill in: a sheet of titles, an example, and what each column expects."""

from __future__ import annotations

from collections.abc import Sequence

from grants.reprise.corrections import saved, written_cell
from grants.reprise.targets import Target

_EXPECTED = {
    "texte": "Un texte sur une ligne.",
    "texte_long": "Un texte.",
    "montant": "Un montant en euros, comme 1 200,50.",
    "nombre": "Un nombre, comme 3,5.",
    "entier": "Un nombre entier.",
    "date": "Une date, comme 12/03/2009.",
    "date_heure": "Une date et une heure, comme 12/03/2009 14:30.",
    "oui_non": "oui ou non.",
    "email": "Une adresse électronique.",
    "telephone": "Un numéro de téléphone.",
    "siret": "Les 14 chiffres du SIRET, en texte.",
    "rna": "Un W suivi de 9 chiffres.",
    "code_postal": "Les 5 chiffres du code postal.",
    "departement": "Un numéro de département ou son nom.",
    "url": "Une adresse de site.",
}
_MOST_LISTED = 15


def model(targets: Sequence[Target]) -> bytes:
    """A workbook whose first sheet only waits for rows."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    workbook = Workbook(write_only=True)
    bold = Font(bold=True)
    for name in ("À remplir", "Exemple"):
        sheet = workbook.create_sheet(name)
        titles = []
        for target in targets:
            cell = WriteOnlyCell(sheet, target.label)
            cell.font = bold
            titles.append(cell)
        sheet.freeze_panes = "A2"
        sheet.append(titles)
        if name == "Exemple":
            sheet.append([written_cell(sheet, target.example or None) for target in targets])
    told = workbook.create_sheet("Explications")
    told.append(["Colonne", "Obligatoire", "Ce qu'on y écrit", "Autres titres reconnus"])
    for target in targets:
        told.append(
            [
                written_cell(told, text)
                for text in (
                    target.label,
                    "oui" if target.field.required else "",
                    expected(target),
                    ", ".join(target.names),
                )
            ]
        )
    return saved(workbook)


def expected(target: Target) -> str:
    """What a column expects, in a sentence."""
    choices = [choice.label for choice in target.field.choices]
    if choices:
        more = "…" if len(choices) > _MOST_LISTED else ""
        return f"Une de ces réponses : {', '.join(choices[:_MOST_LISTED])}{more}"
    return " ".join(filter(None, (_EXPECTED.get(target.field.type, ""), target.field.help)))
