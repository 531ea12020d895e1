"""What a browser may send about a report: the draft, a correction, the schedule."""

from __future__ import annotations

from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, Optional

from infra.forms import DayField, Form
from infra.forms import lazy as _l
from reports.issued.rules.draft import (
    COMMENT_LIMIT,
    DECISIONS,
    REASON_LIMIT,
    WHAT_LIMIT,
    WHO_LIMIT,
    WHY_LIMIT,
    DraftData,
    read_addresses,
    read_decisions,
)
from reports.issued.rules.framing import Decision
from reports.issued.rules.schedule import WithoutComment

_NO_DAY = _l("Write the day as 2026-03-03.")
WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)


WITHOUT_COMMENT = [
    (WithoutComment.HOLD.value, _l("Remind the managers a day before, and wait for the comment")),
    (WithoutComment.ISSUE.value, _l("Issue the report without one")),
]


class DecisionForm(PlainForm):
    """One decision."""

    what = StringField(_l("What has to be decided"), [Length(max=WHAT_LIMIT)])
    why = StringField(_l("What happens otherwise"), [Length(max=WHY_LIMIT)])
    who = StringField(_l("Who decides"), [Length(max=WHO_LIMIT)])
    by = DayField(_l("By"), [Optional()])


class Recipients(Form):
    """Who gets a report: people of the project, and addresses of others."""

    people = SelectMultipleField(_l("People of the project"), coerce=int)
    addresses = TextAreaField(_l("Addresses of others"), [Length(max=8000)])

    def offer(self, choices: list[tuple[int, str]]) -> None:
        """The people that can be chosen."""
        self.people.choices = choices


class DraftForm(Recipients):
    """The next report."""

    as_of = DayField(_l("Figures as of"), [InputRequired(_NO_DAY)])
    comment = TextAreaField(_l("Your comment"), [Length(max=20 * COMMENT_LIMIT)])
    decisions = FieldList(FormField(DecisionForm), min_entries=DECISIONS, max_entries=DECISIONS)
    answers = HiddenField()
    """Nothing is sent under this name: a missing answer to a contradiction is told here."""
    internal_note = TextAreaField(_l("Note that stays in the house"), [Length(max=20 * COMMENT_LIMIT)])
    key = HiddenField()
    reason = TextAreaField(_l("What was wrong"), [Length(max=20 * REASON_LIMIT)])

    def chosen(self) -> DraftData:
        """What was written. Raises RuleBroken."""
        rows = [
            (each.what.data or "", each.why.data or "", each.who.data or "", each.by.data) for each in self.decisions
        ]
        return DraftData(
            comment=(self.comment.data or "").replace("\r\n", "\n").strip(),
            internal_note=(self.internal_note.data or "").replace("\r\n", "\n").strip(),
            decisions=read_decisions(rows),
            people=tuple(self.people.data or ()),
            addresses=read_addresses(self.addresses.data or ""),
        )

    def errors_for_summary(self) -> list[tuple[str, str]]:
        """Every error with the id of its field, also inside the decisions."""
        flat = [(field.id, str(error)) for field in self if field.name != "decisions" for error in field.errors]
        inner = [(field.id, str(error)) for each in self.decisions for field in each for error in field.errors]
        said = [("decisions-0-what", str(error)) for error in self.decisions.errors if isinstance(error, str)]
        return flat + inner + said


def written(decisions: tuple[Decision, ...]) -> list[dict[str, object]]:
    """Decisions as the form shows them."""
    return [{"what": each.what, "why": each.why, "who": each.who, "by": each.by} for each in decisions]


class ScheduleForm(Recipients):
    """When the report issues itself."""

    weekday = SelectField(_l("Every"), coerce=int)
    at = StringField(_l("At"), [InputRequired(_l("Write the time like 09:00."))])
    without_comment = RadioField(_l("When nobody wrote a comment"))

    def offer(self, choices: list[tuple[int, str]]) -> None:
        """The people that can be chosen, the days of the week, and what may happen without a comment."""
        super().offer(choices)
        self.weekday.choices = list(enumerate(WEEKDAYS))
        self.without_comment.choices = WITHOUT_COMMENT

    def chosen(self) -> DraftData:
        """The recipients. Raises RuleBroken."""
        return DraftData(people=tuple(self.people.data or ()), addresses=read_addresses(self.addresses.data or ""))
