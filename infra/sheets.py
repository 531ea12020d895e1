"""Tables as files: CSV and XLSX, read with care and written so that no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from charset_normalizer import from_bytes
from python_calamine import CalamineError, CalamineWorkbook

from kernel.errors import RuleBroken

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 100_000
MAX_CELLS = 2_000_000
MAX_UNPACKED = 300 * 1024 * 1024
_SNIFFED = 64 * 1024
_LONGEST_CELL = 32_000
_DELIMITERS = ",;\t|"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_OTHER_KINDS = (
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a compressed file"),
)

Value = str | int | float | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds anything: its number as a spreadsheet shows it (the first is 1), and its cells."""

    number: int
    cells: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds, and how it was read: ``encoding`` and ``delimiter`` are empty for XLSX."""

    kind: str
    rows: tuple[Row, ...]
    encoding: str = ""
    delimiter: str = ""

    @property
    def heads(self) -> tuple[str, ...]:
        """The first row's cells as text."""
        return tuple(_text(cell) for cell in self.rows[0].cells) if self.rows else ()

    def records(self) -> Iterator[tuple[int, dict[str, Value]]]:
        """Each further row as (number, head: cell); cells beyond the heads are left out, missing ones are None."""
        heads = self.heads
        for row in self.rows[1:]:
            cells = row.cells[: len(heads)] + (None,) * (len(heads) - len(row.cells))
            yield row.number, dict(zip(heads, cells, strict=True))


def read(content: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> Sheet:
    """Read a CSV or XLSX file, told apart by its content; empty rows are left out, numbers stay.

    ``encoding`` and ``delimiter`` are what a person chose after a preview. Raises RuleBroken that says what the file
    is, or in which row it breaks.
    """
    if not content.strip():
        raise _empty()
    if content.startswith(b"PK\x03\x04"):
        sheet = _read_xlsx(content)
    else:
        _refuse_other_kinds(content)
        sheet = _read_csv(content, encoding, delimiter)
    if not sheet.rows:
        raise _empty()
    return sheet


def guard(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it.

    >>> guard("=1+1"), guard("-5 %"), guard("5 - 3")
    ("'=1+1", "'-5 %", '5 - 3')
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def write_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV in UTF-8 with its mark, so that spreadsheets see the encoding; days as 2026-03-03."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([guard(head) for head in heads])
    writer.writerows([for_csv(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet of a workbook that is written: its name, the heads of its columns, its rows."""

    title: str
    heads: Sequence[str]
    rows: Iterable[Sequence[object]]


def write_xlsx(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as an XLSX workbook of one sheet: dates and numbers typed, the head row bold and fixed."""
    return write_book([Page(title, heads, rows)])


def write_book(pages: Iterable[Page]) -> bytes:
    """The same of several sheets, in their order."""
    from openpyxl import Workbook  # noqa: PLC0415  # its 200 modules load when somebody wants a workbook, not at each start

    book = Workbook(write_only=True)
    for page in pages:
        _fill(book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", page.title)[:31] or "Sheet"), page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, page: Page) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  # as above

    sheet.freeze_panes = "A2"
    for number, head in enumerate(page.heads, 1):
        sheet.column_dimensions[get_column_letter(number)].width = max(12, min(60, len(head) + 4))
    sheet.append([_bold(sheet, head) for head in page.heads])
    for row in page.rows:
        sheet.append([_for_xlsx(value) for value in row])


def _bold(sheet: Any, head: str) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  # as above
    from openpyxl.styles import Font  # noqa: PLC0415  # as above

    cell = WriteOnlyCell(sheet, value=guard(clean(head)))
    cell.font = Font(bold=True)
    return cell


def for_csv(value: object) -> object:
    """A cell as CSV holds it: days as 2026-03-03, moments to the minute, text that is no formula."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return guard(value) if isinstance(value, str) else value


def _for_xlsx(value: object) -> Any:
    if value is None or isinstance(value, (bool, int, float, Decimal)):
        return value
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, (date, time)):
        return value
    return guard(clean(str(value)))


def clean(text: str) -> str:
    """Text without the characters that XML can't hold, and no longer than a cell."""
    return _NOT_XML.sub("", text)[:_LONGEST_CELL]


def _refuse_other_kinds(content: bytes) -> None:
    for start, kind in _OTHER_KINDS:
        if content.startswith(start):
            raise _wrong_type(kind)
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml", b"<svg")):
        raise _wrong_type("a web page or XML")


def _empty() -> RuleBroken:
    return RuleBroken("sheet.empty", "The file is empty.", field="file")


def _wrong_type(kind: str) -> RuleBroken:
    return RuleBroken(
        "sheet.wrong_type", "This file is %(kind)s. A CSV or XLSX file is needed.", field="file", kind=kind
    )


def _read_csv(content: bytes, encoding: str | None, delimiter: str | None) -> Sheet:
    found, text = _decode(content, encoding)
    delimiter = delimiter or _delimiter(text[:_SNIFFED])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    rows: list[Row] = []
    count = 0
    csv.field_size_limit(1024 * 1024)
    try:
        for number, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                rows.append(Row(number, tuple(cells)))
                count += len(cells)
                _refuse_large(len(rows), count)
    except csv.Error as error:
        raise RuleBroken(
            "sheet.broken_row",
            "Line %(line)s can't be read: a quotation mark is not closed, or a cell is far too long.",
            field="file",
            line=reader.line_num,
        ) from error
    return Sheet("csv", tuple(rows), found, delimiter)


def _decode(content: bytes, encoding: str | None) -> tuple[str, str]:
    """The encoding and the text: by choice, by mark, as UTF-8, else the likeliest."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    for name in filter(None, (encoding, marked, "utf-8")):
        try:
            text = content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" not in text:
            return name, text
    if b"\0" in content[:_SNIFFED]:
        return _decode_wide(content)
    best = from_bytes(content[:_SNIFFED]).best()
    if best is None:
        raise _wrong_type("not made of text")
    return best.encoding, content.decode(best.encoding, errors="replace")


def _decode_wide(content: bytes) -> tuple[str, str]:
    """Two or four bytes a character with a mark that is missing or of the wrong width, as some exports write it."""
    for name in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        for skipped in (0, 2):
            try:
                text = content[skipped:].decode(name)
            except UnicodeDecodeError:
                continue
            plain = sum(char.isascii() and (char.isprintable() or char.isspace()) for char in text[:1000])
            if "\0" not in text and plain > len(text[:1000]) // 2:
                return name, text.removeprefix("\ufeff")
    raise _wrong_type("not made of text")


def _delimiter(text: str) -> str:
    """The delimiter that parts the first lines most evenly, quotes heeded; a comma when none does."""
    lines = text.splitlines()[:50]
    if len(text) >= _SNIFFED and len(lines) > 1:
        lines.pop()
    best, score = ",", (0, 0)
    for candidate in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=candidate) if row]
        except csv.Error:
            continue
        usual = max(set(widths), key=widths.count, default=1)
        reached = (widths.count(usual) if usual > 1 else 0, usual)
        if reached > score:
            best, score = candidate, reached
    return best


def _read_xlsx(content: bytes) -> Sheet:
    _check_package(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        if (sheet.height or 0) * (sheet.width or 0) > MAX_CELLS:
            _refuse_large(sheet.height or 0, MAX_CELLS + 1)
        table = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError) as error:
        raise RuleBroken("sheet.broken", "This Excel file is damaged and can't be read.", field="file") from error
    rows = tuple(
        Row(number, tuple(_repaired(cell) for cell in cells))
        for number, cells in enumerate(table, 1)
        if any(cell not in ("", None) for cell in cells)
    )
    _refuse_large(len(rows), 0)
    return Sheet("xlsx", rows)


def _check_package(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except zipfile.BadZipFile as error:
        raise RuleBroken("sheet.broken", "This Excel file is damaged and can't be read.", field="file") from error
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        kind = "a Word file" if any(part.filename.startswith("word/") for part in parts) else "a ZIP archive"
        raise _wrong_type(kind)
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise RuleBroken("sheet.too_large", "Unpacked this Excel file is far too large.", field="file")


def _refuse_large(rows: int, cells: int) -> None:
    if rows > MAX_ROWS or cells > MAX_CELLS:
        raise RuleBroken(
            "sheet.too_large",
            "The file is too large: at most %(rows)s rows and %(cells)s cells. Split it.",
            field="file",
            rows=f"{MAX_ROWS:,}",
            cells=f"{MAX_CELLS:,}",
        )


def _repaired(cell: Any) -> Value:
    """XLSX knows only floats: a whole one was typed as an integer."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return None if cell == "" else cell


def _text(cell: Value) -> str:
    return "" if cell is None else str(cell).strip()
