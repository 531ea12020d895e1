"""What the pages of a file for a plan may send: the file, what its columns mean, which tasks go."""

from __future__ import annotations

from wtforms import FileField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from infra.forms import Form, lazy
from kernel.errors import RuleBroken
from roadmap.exchange.forms import LARGEST, MEGABYTE, NONE
from roadmap.exchange.rules.dates import Order


class SendForm(Form):
    """A file for a plan that is there, and how its dates are read."""

    file = FileField(lazy("Plan file"))
    order = SelectField(
        lazy("Dates such as 03/04/2026"),
        choices=[
            SelectChoice(NONE, lazy("as they show")),
            SelectChoice(Order.DAY.value, lazy("day first")),
            SelectChoice(Order.MONTH.value, lazy("month first")),
        ],
        validate_choice=False,
    )

    def content(self, *, needed: bool) -> bytes:
        """The file that was sent, empty for none that is not ``needed``. Raises RuleBroken."""
        found = b""
        if self.file.data:
            found = self.file.data.read(LARGEST + 1)
            self.file.data.close()
        if len(found) > LARGEST:
            text = "A plan file has at most %(size)s MB."
            raise RuleBroken("import.large", text, field="file", size=LARGEST // MEGABYTE)
        if needed and not found:
            raise RuleBroken("import.no_file", "Choose an XML, CSV, XLSX or JSON file first.", field="file")
        return found
