"""A page that could not be given: what happened, what is kept, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class ErreurPage:
    """An error. `reference` is what to quote to whoever runs the server."""

    status: int
    title: str
    what: str
    kept: str = ""
    todo: tuple[str, ...] = ()
    action: Link | None = None
    other: Link | None = None
    reference: str = ""


_SENTENCES: dict[int, tuple[str, str, str, tuple[str, ...]]] = {
    403: (
        "Cette action ne vous est pas ouverte",
        "Votre rôle ne permet pas de faire ce que vous avez demandé.",
        "Rien n’a été modifié.",
        ("Demandez à la direction de le faire, ou de changer votre rôle.",),
    ),
    404: (
        "Page introuvable",
        "Cette page n’existe pas, ou ne fait pas partie de votre organisme.",
        "",
        (
            "Vérifiez l’adresse si vous l’avez recopiée.",
            "Cherchez le dossier par sa référence ou par le nom de la structure.",
        ),
    ),
    409: (
        "La situation a changé entre-temps",
        "Quelqu’un a modifié ce dossier pendant que vous y travailliez.",
        "Rien n’a été écrasé : c’est la version la plus récente qui est enregistrée.",
        ("Relisez la page à jour, puis recommencez si c’est encore utile.",),
    ),
    413: (
        "L’envoi est trop volumineux",
        "Le fichier ou le texte envoyé dépasse la taille acceptée.",
        "Rien n’a été enregistré.",
        ("Réduisez le fichier, ou envoyez-le en plusieurs fois.",),
    ),
    422: (
        "Une réponse est à corriger",
        "Le formulaire contient une valeur qui ne peut pas être enregistrée.",
        "Rien n’a été enregistré : votre saisie est encore dans la page précédente.",
        ("Revenez en arrière, corrigez la valeur, puis envoyez de nouveau.",),
    ),
    429: (
        "Trop d’essais à la suite",
        "Par sécurité, les essais sont limités dans le temps.",
        "Votre compte n’est pas bloqué.",
        ("Attendez quelques minutes, puis réessayez.",),
    ),
    500: (
        "Un incident est survenu",
        "Le serveur n’a pas pu terminer ce que vous avez demandé.",
        "L’opération a été annulée en entier : rien n’est enregistré à moitié.",
        (
            "Réessayez une fois.",
            "Si cela se reproduit, transmettez la référence à la personne qui gère le serveur.",
        ),
    ),
    503: (
        "La base de données est occupée",
        "L’enregistrement n’a pas pu se faire à l’instant.",
        "Rien n’a été enregistré, rien n’a été perdu de ce qui l’était déjà.",
        ("Réessayez dans un instant.",),
    ),
}


def erreur(
    status: int, *, what: str = "", action: Link | None = None, reference: str = ""
) -> ErreurPage:
    """The page for that status; an unknown one is told like a 500. `what` makes it precise."""
    title, usual, kept, todo = _SENTENCES.get(status, _SENTENCES[500])
    return ErreurPage(
        status=status,
        title=title,
        what=what or usual,
        kept=kept,
        todo=todo,
        action=action or Link(label="Revenir au tableau", url="/"),
        reference=reference,
    )
