"""What the page of somebody's time may send; limits come from the rules."""

from __future__ import annotations

from wtforms import DateField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, NumberRange

from accounts.absences import rules
from infra.forms import Form, lazy


class AbsenceForm(Form):
    """Days off."""

    first = DateField(lazy("First day off"), [InputRequired(lazy("Give the first day off."))])
    last = DateField(lazy("Last day off"), [InputRequired(lazy("Give the last day off; for one day the same."))])
    reason = SelectField(
        lazy("Reason"),
        choices=[SelectChoice(each.value, lazy(label)) for each, label in rules.REASONS.items()],
        validate_choice=False,
    )

    def span(self) -> rules.Span:
        """The days."""
        return rules.Span(self.data["first"], self.data["last"])


class ShareForm(Form):
    """A share of a full day from a day on."""

    first = DateField(lazy("From"), [InputRequired(lazy("Give the day from which it counts."))], id="share-first")
    percent = IntegerField(
        lazy("Share of a full day"),
        [
            InputRequired(lazy("Give 1 to 100 %.")),
            NumberRange(1, rules.FULL, lazy("Give 1 to 100 %%; 100 %% is whole days.")),
        ],
    )

    def share(self) -> rules.Share:
        """The share."""
        return rules.Share(self.data["first"], self.data["percent"])
