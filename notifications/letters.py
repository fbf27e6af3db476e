"""The catalogue of letters: one Markdown file each, its first lines saying who gets it and how.

    +++
    title = "Notification d’accord"
    to = "porteur"
    release = "a_valider"
    subject = "Votre projet {{ dossier.titre }} est retenu"
    +++
    {{ porteur.civilite | appel }},

    Le comité a retenu votre projet…

The name of the file is the letter's key, its folder the dispositif. The front matter is TOML;
the subject and the body are Jinja2, and the body becomes Markdown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from notifications.letter_source import digest_of_source, join_source
from workflow.faults import Fault

Release = Literal["automatique", "a_valider"]
Channel = Literal["courriel", "papier"]
Attachment = Literal["rendez_vous.ics", "seance.ics", "lettre.pdf"]
FENCE = "+++"
#: Where a fault of a whole file is told.
_FILE = "fichier"


class Letter(BaseModel):
    """One letter: `a_valider` waits for a person's « Envoyer », `automatique` leaves by itself.

    `channels`: by e-mail, on paper, or both. `attachments` are what the e-mail carries, its own
    PDF among them. `letterhead`: the PDF bears the organisme's letterhead. `emblems`: those of
    the funders whose publicity is owed. `source` is what an organisme may change, the subject and
    the text; `digest` tells one version of it from another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    title: str = Field(min_length=1, max_length=120)
    to: Literal["porteur", "structure", "membres", "prestataires", "referent"]
    release: Release
    channels: tuple[Channel, ...] = Field(default=("courriel",), min_length=1)
    subject: str = Field(default="", max_length=300)
    letterhead: bool = True
    signatory: Literal["direction", "referent"] = "referent"
    attachments: tuple[Attachment, ...] = ()
    emblems: bool = False
    dispositif: str = ""
    source: str = ""
    digest: str = ""


class FaultyCatalogue(Exception):
    """Le catalogue des lettres est mal décrit ; rien ne démarre avant correction."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        listed = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{type(self).__doc__}\n{listed}")


class _Unreadable(Exception):
    """What is wrong with one file, and what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem, self.remedy = problem, remedy


@dataclass(slots=True)
class Reading:
    """The letters of some folders, and every fault of them. `files`: each key, read or not."""

    letters: dict[str, Letter] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def load_letters(folders: Iterable[Path]) -> dict[str, Letter]:
    """Every letter of every `<dispositif>/*.md`, by key. Raises FaultyCatalogue with all faults."""
    reading = read_letters(folders)
    if reading.faults:
        raise FaultyCatalogue(reading.faults)
    return reading.letters


def read_letters(folders: Iterable[Path]) -> Reading:
    """The same, for whoever has more to say of these files: nothing is raised.

    Of two files for one letter the first is kept.
    """
    reading = Reading()
    for path in (path for folder in folders for path in sorted(folder.glob("*/*.md"))):
        key, letter = path.stem, _read(path, reading.faults)
        if key in reading.files:
            problem = f"lettre déclarée aussi dans {reading.files[key].parent.name}"
            remedy = "changez le nom de l’un des deux fichiers"
            reading.faults.append(Fault(named(path), _FILE, problem, remedy))
            continue
        reading.files[key] = path
        if letter is not None:
            reading.letters[key] = letter
    return reading


def cut(text: str) -> tuple[str, str]:
    """The front matter and the body of a letter's file. Raises ValueError without fences."""
    opening, _, rest = text.partition("\n")
    front, fence, body = rest.partition(f"\n{FENCE}\n")
    if opening != FENCE or not fence:
        raise ValueError(FENCE)
    return front, body.strip("\n") + "\n"


def named(path: Path) -> str:
    """What a fault calls the file of a letter: its dispositif comes first."""
    return f"{path.parent.name}/{path.name}"


def _read(path: Path, faults: list[Fault]) -> Letter | None:
    try:
        front, body = _content(path)
        source = join_source(str(front.get("subject", "")), body)
        own = {
            "key": path.stem,
            "dispositif": path.parent.name,
            "source": source,
            "digest": digest_of_source(source),
        }
        for name in own.keys() & front.keys():
            raise _Unreadable(f"{name} ne s’écrit pas dans le fichier", "retirez cette ligne")
        letter = Letter.model_validate(front | own)
        if not letter.subject.strip() or not body.strip():
            remedy = "écrivez subject et le texte de la lettre"
            raise _Unreadable("objet ou texte vide", remedy)
        return letter
    except _Unreadable as error:
        faults.append(Fault(named(path), _FILE, error.problem, error.remedy))
    except ValidationError as error:
        for each in error.errors():
            place = ".".join(str(part) for part in each["loc"])
            faults.append(Fault(named(path), place, *_told(each["type"], each)))
    return None


def _content(path: Path) -> tuple[dict[str, Any], str]:
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        front, body = cut(text)
        return tomllib.loads(front), body
    except UnicodeDecodeError:
        raise _Unreadable("encodage illisible", "enregistrez le fichier en UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise _Unreadable(f"l’en-tête n’est pas du TOML ({error})", "corrigez-le") from None
    except ValueError:
        remedy = "commencez par +++, finissez-le par +++"
        raise _Unreadable("en-tête introuvable", remedy) from None
    except OSError as error:
        problem = f"lecture impossible ({error.strerror})"
        raise _Unreadable(problem, "vérifiez le fichier et ses droits") from None


def _told(kind: str, each: Any) -> tuple[str, str]:
    """A fault of the front matter and its remedy; the reader's own words for what is rare."""
    if kind == "missing":
        return "manque", "ajoutez cette ligne à l’en-tête"
    if kind == "extra_forbidden":
        return "nom inconnu", "corrigez-le ou retirez cette ligne"
    if kind == "literal_error":
        return "valeur inconnue", f"choisissez parmi {each['ctx']['expected']}"
    return f"valeur refusée ({each['msg']})", "corrigez-la"
