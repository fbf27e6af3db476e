"""Several people print at once, and for long: each gets his letter, and memory is given back."""

from __future__ import annotations

import io
import resource
import shutil
from concurrent.futures import ThreadPoolExecutor

from pypdf import PdfReader

from notifications import pdf
from notifications.render import as_pdf
from tests.builders.lettering import with_, written


def printed(rank: int) -> bytes:
    return as_pdf(written("Jardin {{ dossier.titre }}.", context=with_("dossier", titre=rank)))


def test_letters_printed_at_once_are_each_their_own() -> None:
    with ThreadPoolExecutor(4) as pool:
        files = list(pool.map(printed, range(16)))
    words = [PdfReader(io.BytesIO(file)).pages[0].extract_text() for file in files]
    assert all(f"Jardin {rank}." in text for rank, text in enumerate(words))
    assert files == [printed(rank) for rank in range(16)]


def test_a_hundred_letters_leave_no_memory_behind() -> None:
    printed(0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for rank in range(100):
        printed(rank)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000


def test_a_temporary_folder_emptied_by_the_system_is_furnished_again() -> None:
    whole = printed(1)
    shutil.rmtree(pdf._printer()._root)
    assert printed(1) == whole
