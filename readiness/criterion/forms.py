"""What a browser may send about a criterion."""

from __future__ import annotations

from wtforms import DateField, Field, FloatField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional

from infra.forms import Form
from infra.forms import lazy as _l
from readiness.gates.rules.definitions import TEXT_LIMIT


class StatementForm(Form):
    """How a criterion stands, what that rests on, and how long it counts."""

    value: Field = FloatField(_l("Value"), [InputRequired(_l("Give a number."))])
    text = TextAreaField(
        _l("What you base this on"),
        [Length(max=TEXT_LIMIT)],
        description=_l("Who looked at what, and when. It stands beside the value wherever the value is shown."),
    )
    until = DateField(_l("Counts until"), [Optional()])

    @property
    def number(self) -> float | None:
        """The value that was given."""
        return None if self.value.data is None else float(self.value.data)


class AnswerForm(StatementForm):
    """The same where the answer is yes or no."""

    value = SelectField(_l("Is it so?"), choices=[SelectChoice("1", _l("Yes")), SelectChoice("0", _l("No"))])


class WaiverForm(Form):
    """Why a criterion may pass for a while, and how long."""

    reason = TextAreaField(
        _l("Reason"),
        [Length(max=TEXT_LIMIT)],
        description=_l("Why it may pass although it is not met, and what makes up for that."),
    )
    until = DateField(_l("Stands until"), [Optional()])
