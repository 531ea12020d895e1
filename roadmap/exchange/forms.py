"""What the import page may send: a file or the one kept from the step before, and what a person chose about it."""

from __future__ import annotations

import base64
import binascii
import zlib

from wtforms import DateField, FileField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, Optional

from accounts.calendars.rules import countries
from infra.forms import Form, lazy
from kernel.errors import RuleBroken
from roadmap.exchange.rules.columns import NAMES
from roadmap.exchange.rules.dates import Order

MEGABYTE = 1024 * 1024
LARGEST = 16 * MEGABYTE
NONE = ""
DIGITS = 5


class ImportForm(Form):
    """The file, what its columns mean, and the project that it becomes."""

    file = FileField(lazy("Plan file"))
    kept = HiddenField()
    name = StringField(lazy("Name of the project"), [Optional(), Length(max=200)])
    start = DateField(lazy("It starts on"), [Optional()])
    country = SelectField(lazy("Public holidays"), validate_choice=False)
    order = SelectField(
        lazy("Dates such as 03/04/2026"),
        choices=[
            SelectChoice(NONE, lazy("as they show")),
            SelectChoice(Order.DAY.value, lazy("day first")),
            SelectChoice(Order.MONTH.value, lazy("month first")),
        ],
        validate_choice=False,
    )

    def content(self) -> bytes:
        """The file sent now, else the one kept. Raises RuleBroken for none or one that is too large."""
        sent = self.file.data
        content: bytes = sent.read(LARGEST + 1) if sent else unpack(self.kept.data or "")
        if len(content) > LARGEST:
            raise RuleBroken(
                "import.large", "A plan file has at most %(size)s MB.", field="file", size=LARGEST // MEGABYTE
            )
        if not content:
            raise RuleBroken("import.no_file", "Choose an XML, CSV, XLSX or JSON file first.", field="file")
        return content

    def date_order(self) -> Order | None:
        """What was chosen about dates; None leaves it to the file."""
        return Order(self.order.data) if self.order.data in set(Order) else None

    def offer(self) -> None:
        """Fill the lists of choices."""
        self.country.choices = [SelectChoice(NONE, lazy("none")), *(SelectChoice(*each) for each in countries())]


class ColumnForm(Form):
    """One list of columns for each meaning; an empty choice leaves the meaning out."""

    def mapped(self) -> dict[str, int]:
        """The chosen columns by what they mean."""
        chosen = {name: self[_field(name)].data or "" for name in NAMES}
        return {
            name: int(text)
            for name, text in chosen.items()
            if text.isascii() and text.isdigit() and len(text) <= DIGITS
        }


def _field(name: str) -> str:
    return f"column_{name}"


for _name, _label in NAMES.items():
    setattr(ColumnForm, _field(_name), SelectField(lazy(_label), validate_choice=False, choices=[]))


def pack(content: bytes) -> str:
    """A file as the text of a hidden field."""
    return base64.b64encode(zlib.compress(content, 6)).decode("ascii")


def unpack(text: str) -> bytes:
    """The file of a hidden field; nothing for a text that is none. Never more than the limit and a byte."""
    try:
        return zlib.decompressobj().decompress(base64.b64decode(text, validate=True), LARGEST + 1)
    except (binascii.Error, ValueError, zlib.error):
        return b""
