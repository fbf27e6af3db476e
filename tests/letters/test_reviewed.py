"""Every letter for the six projects of 2009, without a hole, as somebody read and approved it.

`reviewed/<letter>.txt` holds what each project receives. After a change of a text, renew the
copies and read what `git diff` shows of them, as the person who will receive it:

    python3 manage.py test tests/letters --renew-letters
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from api.composition import default_engine
from grants.dossiers.pieces.storage import Storage
from notifications.render import Written, original, write
from tests.builders.correspondence import PROJECTS, Correspondence, Due, by_letter, gathered
from tests.builders.databases import Databases, build_schema
from workflow.database import Database

REVIEWED = Path(__file__).parent / "reviewed"
#: Those of a dossier: members of a comité and prestataires have theirs looked at elsewhere.
LETTERS = sorted(
    letter.key
    for letter in default_engine().vocabulary.letters.values()
    if letter.to not in ("membres", "prestataires")
)


@pytest.fixture(scope="module")
def correspondence(databases: Databases) -> Generator[Correspondence]:
    with databases.fresh("sqlite", build_schema) as url:
        database = Database(url)
        files = Storage(Path(mkdtemp(prefix="pieces-")))
        with database.unit_of_work() as session:
            yield gathered(session, default_engine(), files)
        database.dispose()


@pytest.fixture
def renew(pytestconfig: pytest.Config) -> bool:
    return pytestconfig.getoption("--renew-letters")


def written(correspondence: Correspondence, due: Due) -> Written:
    return write(
        original(due.letter),
        due.context,
        letterhead=correspondence.head(due),
        recipient=due.recipient,
        reference=due.reference,
        at=due.at,
    )


def shown(correspondence: Correspondence, due: Due) -> str:
    """A letter as its reviewed copy holds it."""
    letter = written(correspondence, due)
    files = ", ".join(file.name for file in letter.attachments)
    lines = [
        f"======== {due.project} · {due.occasion}",
        f"À : {due.recipient.name}, {due.recipient.email}",
        f"Objet : {letter.subject}",
        *([f"Joint : {files}"] if files else []),
        "",
        letter.text,
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("key", LETTERS)
def test_each_letter_is_what_was_read_and_approved(
    key: str, correspondence: Correspondence, renew: bool
) -> None:
    mine = dict(by_letter(correspondence.due)).get(key, [])
    assert {each.project for each in mine} == set(PROJECTS)
    text = "\n".join(shown(correspondence, each) for each in mine)
    path = REVIEWED / f"{key}.txt"
    if renew:
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def test_no_copy_is_left_of_a_letter_that_is_gone() -> None:
    assert sorted(path.stem for path in REVIEWED.glob("*.txt")) == LETTERS
