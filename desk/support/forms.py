"""What a browser may send when somebody asks for help."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from desk.support import rules
from desk.support.rules import Report
from infra.forms import Form, number
from infra.forms import lazy as _l


def _said(listed: Sequence[tuple[str, str]]) -> list[SelectChoice]:
    """Choices whose labels are translated when they are shown."""
    return [SelectChoice(value, _l(label)) for value, label in listed]


class ReportForm(Form):
    """A problem, in the words of whoever has it."""

    name = StringField(_l("What is the trouble?"))
    description = TextAreaField(_l("What did you do, and what happened?"))
    severity = RadioField(
        _l("How bad is it?"),
        choices=_said(rules.MEASURES),
        default="medium",
    )
    impact = RadioField(
        _l("Whom does it hold up?"),
        choices=_said(rules.REACHES),
        default="person",
    )
    project_id = SelectField(_l("What is it about?"), coerce=number)
    file = FileField(_l("A picture of it"))
    page = HiddenField()

    def offer(self, places: Sequence[tuple[int, str]]) -> None:
        """The roll-outs to choose from."""
        self.project_id.choices = [SelectChoice("", _l("Something else")), *(SelectChoice(*each) for each in places)]

    def report(self, browser: str) -> Report:
        """What was sent."""
        return Report(
            self.name.data or "",
            self.description.data or "",
            self.severity.data or "",
            self.impact.data or "",
            self.project_id.data,
            self.page.data or "",
            browser,
        )


class WordsForm(Form):
    """What the requester says: an answer, why it is not solved, or nothing with a yes."""

    text = TextAreaField(_l("Your answer"))
