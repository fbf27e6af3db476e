"""The rules of a dossier, one per function, each saying in French what is missing."""

from __future__ import annotations

from datetime import date, datetime

from grants.dossiers.vocabulary import DOSSIERS
from workflow.dates import format_date, to_paris
from workflow.guards import Attempt, Refusal
from workflow.money import format_amount
from workflow.texts import near_same


@DOSSIERS.guard("porteur_joignable", says="le porteur est joignable, par e-mail ou par téléphone")
def porteur_reachable(attempt: Attempt) -> Refusal | None:
    """Somebody can be reached, by e-mail or by phone."""
    row = attempt.subject.row
    if row.get("porteur_email") or row.get("porteur_telephone"):
        return None
    sentence = "Personne n'est joignable : indiquez un e-mail ou un téléphone du porteur."
    return Refusal("porteur_injoignable", sentence, "porteur")


@DOSSIERS.guard(
    "fiche_complete",
    says="« {argument} » : tout ce qui est obligatoire est rempli",
    argument="sheet",
)
def sheet_complete(attempt: Attempt) -> tuple[Refusal, ...]:
    """Every required field of a sheet is answered."""
    sheet = attempt.pipeline.sheet(attempt.argument or "")
    assert sheet is not None, "checked when the file was loaded"
    return tuple(
        Refusal(
            "fiche_incomplete",
            f"{sheet.label} : il manque « {field.label} ».",
            f"{sheet.key}.{field.key}",
        )
        for field in sheet.fields
        if field.required and attempt.kept(field.key) is None
    )


@DOSSIERS.guard(
    "fiche_a_completer", says="« {argument} » : il reste des réponses à donner", argument="sheet"
)
def sheet_to_complete(attempt: Attempt) -> Refusal | None:
    """A reminder's cause: a sheet still lacks an answer."""
    if sheet_complete(attempt):
        return None
    return Refusal("fiche_remplie", "Cette fiche est déjà remplie.")


@DOSSIERS.guard("reponse_favorable", says="« {argument} » : oui", argument="field")
def answered_yes(attempt: Attempt) -> Refusal | None:
    """A yes/no question was answered, and by yes."""
    key = attempt.argument or ""
    answer = attempt.answer(key)
    if answer is True:
        return None
    label = _place(attempt, key)[1]
    if answer is None:
        return _unanswered(attempt, key)
    sentence = f"Condition non remplie : « {label} »."
    return Refusal("non_eligible", sentence, _where(attempt, key))


@DOSSIERS.guard("taille_eligible", says="la structure ne dépasse pas la taille maximale")
def small_enough(attempt: Attempt) -> Refusal | None:
    """The structure has no more full-time equivalents than the rule allows (guide FSE 4.2.3)."""
    most, size = attempt.parameter("effectif_maximal"), attempt.kept("effectif_etp")
    if size is None:
        return _unanswered(attempt, "effectif_etp")
    if most is None or size <= most:
        return None
    sentence = f"La structure compte {_number(size)} ETP ; le maximum est {_number(most)}."
    return Refusal("structure_trop_grande", sentence, _where(attempt, "effectif_etp"))


@DOSSIERS.guard("aide_sous_plafond", says="l’aide demandée ne dépasse pas le plafond")
def asked_under_cap(attempt: Attempt) -> Refusal | None:
    """What is asked (or the total cost, where the rule says so) is not above the cap."""
    cap = attempt.subject.row["plafond"]
    if cap is None:
        return None
    on_cost = attempt.parameter("base_du_plafond") == "cout_total"
    key, what = (
        ("cout_total", "Le coût total") if on_cost else ("montant_demande", "L'aide demandée")
    )
    amount = attempt.kept(key)
    if amount is None:
        return _unanswered(attempt, key)
    if amount <= cap:
        return None
    over = format_amount(amount - cap)
    sentence = (
        f"{what} ({format_amount(amount)}) dépasse le plafond de {format_amount(cap)} : "
        f"réduisez de {over}."
    )
    return Refusal("plafond_depasse", sentence, _where(attempt, key))


@DOSSIERS.guard(
    "montant_accordable", says="le montant accordé ne dépasse ni la demande, ni le plafond"
)
def granted_within_bounds(attempt: Attempt) -> Refusal | tuple[Refusal, ...] | None:
    """0 < granted ≤ min(cap, asked): what the database checks too."""
    asked, cap = attempt.kept("montant_demande"), attempt.subject.row["plafond"]
    if asked is None:
        sheet = attempt.pipeline.sheet(_place(attempt, "montant_demande")[0])
        where = f" dans « {sheet.label} »" if sheet else ""
        sentence = f"Le montant demandé n'est pas renseigné{where}."
        return Refusal("montant_demande_absent", sentence, _where(attempt, "montant_demande"))
    granted = attempt.values.get("montant_accorde") if attempt.values else None
    if granted is None:
        return None
    if granted <= 0:
        sentence = "Le montant accordé doit être supérieur à zéro."
        return Refusal("montant_nul", sentence, "montant_accorde")
    what = f"Le montant accordé ({format_amount(granted)}) dépasse"
    refusals: list[Refusal] = []
    if cap is not None and granted > cap:
        sentence = f"{what} le plafond de {format_amount(cap)}."
        refusals.append(Refusal("plafond_depasse", sentence, "montant_accorde"))
    if granted > asked:
        sentence = f"{what} le montant demandé ({format_amount(asked)})."
        refusals.append(Refusal("demande_depassee", sentence, "montant_accorde"))
    return tuple(refusals)


@DOSSIERS.guard("dates_en_ordre", says="le projet commence avant de finir")
def dates_in_order(attempt: Attempt) -> Refusal | None:
    """A project does not end before it begins."""
    start, end = attempt.answer("date_debut"), attempt.answer("date_fin")
    if start is None or end is None or start <= end:
        return None
    sentence = f"Le projet finirait ({format_date(end)}) avant de commencer ({format_date(start)})."
    return Refusal("dates_inversees", sentence, "date_fin")


@DOSSIERS.guard(
    "pas_dans_le_futur", says="« {argument} » n’est pas dans le futur", argument="field"
)
def not_in_the_future(attempt: Attempt) -> Refusal | None:
    """What is recorded as done is not dated after today, on the form or on a sheet."""
    key = attempt.argument or ""
    value = attempt.answer(key)
    if not isinstance(value, date):
        return None
    today = to_paris(attempt.at).date()
    day = to_paris(value).date() if isinstance(value, datetime) else value
    if day <= today:
        return None
    label = _place(attempt, key)[1]
    return Refusal("date_future", f"« {label} » est dans le futur : {format_date(day)}.", key)


@DOSSIERS.guard("compte_de_la_structure", says="le compte bancaire est au nom de la structure")
def account_of_the_structure(attempt: Attempt) -> Refusal | None:
    """The bank account is in the structure's name."""
    holder = attempt.values.get("titulaire_iban") if attempt.values else None
    name = attempt.subject.row.get("structure_nom")
    if holder is None:
        return None
    if name is None:
        sentence = "Le dossier n'est rattaché à aucune structure : rattachez-le avant de payer."
        return Refusal("sans_structure", sentence, "structure")
    if near_same(holder, name):
        return None
    sentence = f"Le compte est au nom de « {holder} », la structure s'appelle « {name} »."
    return Refusal("compte_d_un_autre", sentence, "titulaire_iban")


@DOSSIERS.guard("structure_connue", says="le dossier est rattaché à une structure")
def structure_known(attempt: Attempt) -> Refusal | None:
    """The dossier belongs to a structure."""
    if attempt.subject.row["structure_id"] is not None:
        return None
    sentence = "Le dossier n'est rattaché à aucune structure : rattachez-le d'abord."
    return Refusal("sans_structure", sentence, "structure")


@DOSSIERS.guard("destination_precisee", says="l’organisme destinataire est nommé")
def destination_named(attempt: Attempt) -> Refusal | None:
    """Another body is named when the dossier leaves for one."""
    answers = attempt.values or {}
    if answers.get("destination") != "autre":
        return None
    if answers.get("ouvrir_dossier"):
        sentence = "Aucun dossier ne peut être ouvert ici pour un autre organisme : répondez non."
        return Refusal("ouverture_impossible", sentence, "ouvrir_dossier")
    if answers.get("organisme_destinataire"):
        return None
    sentence = "Indiquez le nom de l'organisme vers lequel la demande est orientée."
    return Refusal("destination_absente", sentence, "organisme_destinataire")


@DOSSIERS.guard("sans_rendez_vous", says="aucun rendez-vous n’est fixé", facts=("rendez_vous",))
def without_appointment(attempt: Attempt) -> Refusal | None:
    """A reminder's cause: no appointment was fixed yet."""
    if attempt.fact("rendez_vous") is None:
        return None
    return Refusal("rendez_vous_fixe", "Un rendez-vous est déjà fixé.")


def _unanswered(attempt: Attempt, key: str) -> Refusal | None:
    """A rule that hangs on an answer does not pass without it; `fiche_complete` says so once."""
    sheet, label = _place(attempt, key)
    required = attempt.action.guards if attempt.action else ()
    if any(ref.name == "fiche_complete" and ref.argument == sheet for ref in required):
        return None
    return Refusal("non_repondu", f"Répondez à « {label} ».", _where(attempt, key))


def _where(attempt: Attempt, key: str) -> str:
    """Where a field is mended: on its sheet, or in the form of the action that asks it."""
    sheet = _place(attempt, key)[0]
    return f"{sheet}.{key}" if sheet else key


def _place(attempt: Attempt, key: str) -> tuple[str, str]:
    """The sheet and the label of a field."""
    for sheet in attempt.pipeline.sheets:
        for field in sheet.fields:
            if field.key == key:
                return sheet.key, field.label
    fields = attempt.action.fields if attempt.action else ()
    return "", next((field.label for field in fields if field.key == key), key)


def _number(hundredths: int) -> str:
    whole, rest = divmod(hundredths, 100)
    return f"{whole}" if rest == 0 else f"{whole},{rest:02d}".rstrip("0")
