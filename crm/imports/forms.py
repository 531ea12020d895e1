"""What the pages of imports may send: a file for an object, and what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import FileField, SelectField
from wtforms.validators import InputRequired

from crm.imports.service import LARGEST
from crm.intake.rules.mapping import NOT_TAKEN, FileMap
from crm.objects.rules.catalogue import OBJECTS
from infra.forms import Form, lazy
from kernel.errors import RuleBroken


class FileForm(Form):
    """The file, and what its rows are."""

    object = SelectField(lazy("What its rows are"), [InputRequired()], validate_choice=False)
    file = FileField(lazy("File"))

    def kind(self) -> str:
        """What the rows are. Raises RuleBroken for no object."""
        chosen = self.object.data or ""
        if chosen not in OBJECTS:
            raise RuleBroken("imports.object", "Choose what the rows of the file are.", field="object")
        return str(chosen)

    def content(self) -> tuple[str, bytes]:
        """The file's name and content. Raises RuleBroken for none, or one that is too large."""
        sent = self.file.data
        content: bytes = sent.read(LARGEST + 1) if sent else b""
        if not content:
            raise RuleBroken("imports.no_file", "Choose a CSV or XLSX file first.", field="file")
        if len(content) > LARGEST:
            raise RuleBroken("imports.large", "A file has at most 50 MB. Cut it into parts.", field="file")
        return str(sent.filename or ""), content


def document_of(sent: MultiDict[str, str], heads: Sequence[str], before: FileMap) -> Mapping[str, Any]:
    """The mapping that was chosen on the page, as a mapping file holds it; columns go by their place.

    Words that a mapping file gave stay; the page does not show them one by one.
    """
    columns = {
        head: {
            "to": sent.get(f"to_{place}", NOT_TAKEN),
            "date": sent.get(f"date_{place}", ""),
            "decimal": sent.get(f"decimal_{place}", ""),
        }
        for place, head in enumerate(heads)
    }
    key = [head for place, head in enumerate(heads) if sent.get(f"key_{place}")]
    return {"object": before.object, "key": key, "columns": columns, "values": before.values}
