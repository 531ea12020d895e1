import io
import zipfile
from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from infra import sheets
from kernel.errors import RuleBroken

PAYLOADS = ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", " =cmd|'/C calc'!A0", "\n=1", "＝1"]


def rows(content, **choice):
    return [(row.number, row.cells) for row in sheets.read(content, **choice).rows]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-32", "utf-32")],
)
def test_any_usual_encoding_is_read(encoding, found):
    sheet = sheets.read("name;städte\nZoë;Köln\n".encode(encoding))
    assert (sheet.encoding, sheet.delimiter) == (found, ";")
    assert list(sheet.records()) == [(2, {"name": "Zoë", "städte": "Köln"})]


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(b"", "utf-16-le"), (b"", "utf-16-be"), (b"", "utf-32-le"), (b"", "utf-32-be"), (b"\xfe\xff", "utf-32-le")],
)
def test_wide_characters_with_a_wrong_mark_or_none(mark, encoding):
    assert sheets.read(mark + "name,city\nZoë,Köln\n".encode(encoding)).rows[1].cells == ("Zoë", "Köln")


def test_an_old_encoding_is_guessed_and_can_be_chosen():
    content = "name,ort\nJürgen Größe,Düsseldorf und Köln\nRené,Orléans\n".encode("cp1252")
    assert rows(content, encoding="cp1252")[1] == (2, ("Jürgen Größe", "Düsseldorf und Köln"))
    assert sheets.read(content).rows[1].cells[0].startswith("J")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    text = "\n".join(
        delimiter.join(row) for row in (("a", "b, c" if delimiter != "," else "b"), ("1", "2"), ("3", "4"))
    )
    assert sheets.read(text.encode()).delimiter == delimiter


def test_quotes_line_ends_within_cells_and_ragged_rows():
    content = b'a,b,c\r\n"x ""y""","line 1\nline 2",3\r\n1\r\n\r\n1,2,3,4\r\n'
    assert rows(content) == [
        (1, ("a", "b", "c")),
        (2, ('x "y"', "line 1\nline 2", "3")),
        (3, ("1",)),
        (5, ("1", "2", "3", "4")),
    ]
    assert [record for _number, record in sheets.read(content).records()][1] == {"a": "1", "b": None, "c": None}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\x01\x02\x00\x03" * 90, "not made of text"),
        (b"PK\x03\x04 broken", "damaged"),
    ],
)
def test_a_file_of_another_kind_is_named_by_its_content(content, said):
    with pytest.raises(RuleBroken, match=said):
        sheets.read(content)


def _zip(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_archives_and_bombs_are_refused_before_they_are_opened():
    with pytest.raises(RuleBroken, match="ZIP archive"):
        sheets.read(_zip(**{"readme.txt": "hello"}))
    with pytest.raises(RuleBroken, match="Word"):
        sheets.read(_zip(**{"word/document.xml": "<w/>"}))
    bomb = _zip(**{"xl/workbook.xml": "<w/>", "xl/worksheets/sheet1.xml": b"0" * (sheets.MAX_UNPACKED + 1)})
    with pytest.raises(RuleBroken, match="too large"):
        sheets.read(bomb)
    with pytest.raises(RuleBroken, match="damaged"):
        sheets.read(_zip(**{"xl/workbook.xml": "<w/>"}))


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    with pytest.raises(RuleBroken, match="at most 3 rows"):
        sheets.read(b"a\n1\n2\n3\n")


def test_a_workbook_returns_typed():
    content = sheets.write_xlsx(
        "Tasks: [all]",
        ["name", "due", "days", "done"],
        [["Plan", date(2026, 3, 3), 5, True], ["Rest", None, 2.5, False]],
    )
    assert rows(content) == [
        (1, ("name", "due", "days", "done")),
        (2, ("Plan", date(2026, 3, 3), 5, True)),
        (3, ("Rest", None, 2.5, False)),
    ]
    assert isinstance(sheets.read(content).rows[1].cells[2], int)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_is_taken_for_a_formula(payload):
    text = sheets.write_csv([payload], [[payload]]).decode("utf-8-sig")
    assert text.count("'") >= 2
    book = load_workbook(io.BytesIO(sheets.write_xlsx("x", [payload], [[payload]])))
    for cell in (book.active["A1"], book.active["A2"]):
        assert cell.data_type == "s"
        assert cell.value.startswith("'")


def test_negative_numbers_stay_numbers():
    assert sheets.write_csv(["n"], [[-5], [-2.5]]) == b"\xef\xbb\xbfn\r\n-5\r\n-2.5\r\n"


def test_moments_and_flags_are_written_plainly():
    written = sheets.write_csv(["a"], [[datetime(2026, 3, 3, 17, 0)], [True], [None], [date(2026, 3, 3)]])
    assert written.decode("utf-8-sig").split("\r\n")[1:5] == ["2026-03-03 17:00", "yes", '""', "2026-03-03"]


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")), min_size=2, max_size=2), min_size=1
    )
)
def test_what_is_written_is_read_again(table):
    content = sheets.write_csv(["a", "b"], table)
    back = [row.cells for row in sheets.read(content, delimiter=",").rows[1:]]
    assert back == [tuple(map(sheets.guard, row)) for row in table if any(cell.strip() for cell in row)]


@given(st.lists(st.lists(st.text(), min_size=1, max_size=3), min_size=1, max_size=5))
def test_any_text_can_be_a_workbook(table):
    assert sheets.write_xlsx("x", ["a"], table).startswith(b"PK")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    with suppress(RuleBroken):
        assert sheets.read(content).rows
