from __future__ import annotations

import pytest

from grants.reprise.files import CSV, format_of, outlines_of, rows_of
from grants.reprise.grid import MOST_ROWS
from grants.reprise.text_files import SHEET
from grants.reprise.unreadable import (
    BrokenQuotes,
    EmptyFile,
    TooManyColumns,
    TooManyRows,
    UnknownEncoding,
    UnreadableFile,
)
from tests.builders.tables_sent import csv_of

TEXT = ("Nom", "Commune", "Aide"), ("L’Œuvre d'Élodie", "Sète", "20 000 €")


def read(content: bytes) -> list[tuple]:
    assert format_of(content) == CSV
    return [row.values for row in rows_of(CSV, content, SHEET)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_a_table_is_read_whatever_its_encoding_and_separator(encoding: str, separator: str) -> None:
    assert read(csv_of(*TEXT, separator=separator, encoding=encoding)) == list(TEXT)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "iso-8859-15"])
def test_the_iso_encodings_keep_their_accents(encoding: str) -> None:
    rows = (("Nom", "Ville"), ("Épicerie déjà là", "Sète"))
    assert read(csv_of(*rows, encoding=encoding)) == list(rows)


def test_the_euro_and_the_ligature_of_iso_8859_15_are_read() -> None:
    assert read("Nom;Aide\ncœur;5 €\n".encode("iso-8859-15"))[1] == ("cœur", "5 €")


def test_both_utf_16_marks_are_read() -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert read(mark + "Nom;Ville\nÉlan;Sète\n".encode(encoding))[1] == ("Élan", "Sète")


def test_line_ends_quotes_and_the_line_that_names_the_separator() -> None:
    assert read(b'sep=|\nNom|Ville\n"a|b"|c\n') == [("Nom", "Ville"), ("a|b", "c")]
    assert read(b"Nom;Ville\rA;B\r")[1] == ("A", "B")
    assert read(b'Nom;Adresse\nA;"1 rue\n34000 Ville"\n')[1] == ("A", "1 rue\n34000 Ville")


def test_blank_rows_are_left_out_and_rows_keep_their_numbers() -> None:
    rows = rows_of(CSV, b"Nom;Ville\n;\n \xc2\xa0;\nA;B\n;;;\n\n", SHEET)
    assert [(row.number, row.values) for row in rows] == [(1, ("Nom", "Ville")), (4, ("A", "B"))]


def test_a_single_column_is_a_table_too() -> None:
    assert read(b"Nom\nA\nB\n") == [("Nom",), ("A",), ("B",)]


def test_what_keeps_a_formula_from_running_is_taken_off() -> None:
    assert read(b"Nom;Note\n'=A;'+33 4\n")[1] == ("=A", "+33 4")
    assert read(b"Nom;Note\n'tis;-5\n")[1] == ("'tis", "-5")


def read_whole(content: bytes) -> None:
    kind = format_of(content)
    outlines_of(kind, content)
    rows_of(kind, content, SHEET)


FAULTY = {
    "nothing": (b"", EmptyFile),
    "blanks": (b" \r\n\t\n", EmptyFile),
    "only zeros": (b"\x00" * 500, EmptyFile),
    "empty fields": (b";;;\n;;\n", EmptyFile),
    "binary": (bytes(range(256)) * 20, UnreadableFile),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40, UnreadableFile),
    "utf-16 cut": (b"\xff\xfeN\x00o", UnknownEncoding),
    "a quote never closed": (b'Nom;V\n"' + b"x;y\n" * 60_000, BrokenQuotes),
    "too many columns": (b";".join(b"c%d" % n for n in range(1000)) + b"\n", TooManyColumns),
    "too many rows": (b"Nom\n" + b"A\n" * (MOST_ROWS + 1), TooManyRows),
}


@pytest.mark.parametrize(("content", "fault"), FAULTY.values(), ids=FAULTY)
def test_each_unreadable_file_says_why(content: bytes, fault: type[UnreadableFile]) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read_whole(content)
    assert isinstance(raised.value, fault)
    assert str(raised.value).endswith(".")


def test_as_many_rows_as_may_be_are_read() -> None:
    assert len(read(b"Nom\n" + b"A\n" * MOST_ROWS)) == MOST_ROWS + 1
