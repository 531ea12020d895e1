"""What a browser may send about figures from outside."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from crm.figures import rules
from crm.figures.rules import Line, SeriesData
from infra.forms import Form, number
from infra.forms import lazy as _l

_LONG = _l("At most %(max)d characters fit.")


class SeriesForm(Form):
    """What a series counts, and who looks after it."""

    name = StringField(_l("What is counted"), [InputRequired(_l("Say what is counted.")), Length(max=rules.NAME)])
    unit = StringField(_l("Unit"), [Length(max=rules.UNIT, message=_LONG)])
    source = StringField(_l("Source"), [Length(max=rules.SOURCE, message=_LONG)])
    period = SelectField(
        _l("One value for"),
        choices=[SelectChoice(key, _l(label)) for key, label in rules.PERIODS.items()],
        default="week",
    )
    owner_id = SelectField(_l("Who sees to it"), coerce=number)
    ended = BooleanField(_l("It has ended: nothing more is entered"))

    def series(self) -> SeriesData:
        """What was sent."""
        return SeriesData(
            self.name.data or "",
            self.unit.data or "",
            self.source.data or "",
            self.period.data or "",
            self.owner_id.data,
            bool(self.ended.data),
        )


class ValueForm(Form):
    """A value with its proof."""

    day = StringField(_l("Day"), [InputRequired(_l("Choose a day."))])
    value = StringField(_l("Value"), [InputRequired(_l("Write a number. Nothing counted is 0."))])
    proof = StringField(_l("Where it stands"), [Length(max=rules.PROOF, message=_LONG)])
    file = FileField(_l("A file that shows it"))


class SheetForm(Form):
    """A file of values."""

    file = FileField(_l("File"))


class LinesForm(Form):
    """The rows of a file as they were looked at, and how they are to be read."""

    lines = TextAreaField(_l("Rows"))
    dates = SelectField(_l("Days are written as"), choices=[], validate_choice=False)
    decimal = SelectField(_l("Decimals come after"), choices=[], validate_choice=False)
    proof = StringField(_l("Where it comes from"), [Length(max=rules.PROOF, message=_LONG)])

    def rows(self) -> list[Line]:
        """The rows that were sent; what is none of ours is left out and so shows as a wrong row."""
        found = []
        texts = [text for text in (self.lines.data or "").split("\n") if text.strip()]
        for text in texts[: rules.MOST_ROWS]:
            number_, _tab, rest = text.partition("\t")
            day, _tab, value = rest.rstrip("\r").partition("\t")
            found.append(Line(int(number_) if number_.isascii() and number_.isdigit() else 0, day, value))
        return found


def written(lines: list[Line]) -> str:
    """Rows as the form carries them from the preview to the button that takes them in."""
    return "\n".join(f"{line.number}\t{_one_line(line.day)}\t{_one_line(line.value)}" for line in lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
