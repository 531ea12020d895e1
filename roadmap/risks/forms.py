"""What a browser may ask of the register and send about risks; limits come from the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import DateField, FloatField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from infra.forms import Form, number
from infra.forms import lazy as _l
from infra.lists import Column, Format, Kind, ListSpec
from roadmap.risks import rules
from roadmap.risks.queries import RiskRow
from roadmap.risks.rules import Rating, ResponseData, RiskData

Choices = Sequence[tuple[str, str]]
STAGES = ("inherent", "now", "target")
"""Which of a risk's three ratings the heat map shows."""
WRITTEN = (
    *(name for name in RiskData.__slots__ if name not in ("probability", "impact")),
    *("inherent_probability", "inherent_impact"),
)
"""What the form of a risk changes; the rating now has a form of its own, with its reason."""
_BANDS = [(each.value, each.value.capitalize()) for each in rules.BANDS]
_LONG = Length(max=rules.TEXT_LIMIT, message=_l("At most %(max)d characters fit."))
_PROBABILITY = [("", _l("not rated")), *((value, f"{value} {word}") for value, word in rules.PROBABILITIES.items())]
_IMPACT = [("", _l("not rated")), *((value, f"{value} {word}") for value, word in rules.IMPACTS.items())]


class Scaled(Form):
    """A form whose fields of probability and impact offer the five words of each, or nothing."""

    def __init__(self, *args: Any, **values: Any) -> None:
        """Fill the choices."""
        super().__init__(*args, **values)
        for name, field in self._fields.items():
            if name.endswith(("probability", "impact")):
                field.choices = _PROBABILITY if name.endswith("probability") else _IMPACT


class RiskForm(Scaled):
    """A risk: what may happen, how it stands against it, what it would cost."""

    title = StringField(
        _l("What may happen"), [InputRequired(_l("Say what may happen.")), Length(max=rules.TITLE_LIMIT)]
    )
    description = TextAreaField(_l("Description"), [_LONG])
    cause = TextAreaField(_l("Cause"), [_LONG])
    effect = TextAreaField(_l("Effect"), [_LONG])
    trigger = TextAreaField(_l("Trigger"), [_LONG], description=_l("How one notices that it is about to happen."))
    owner_id = SelectField(_l("Owner"), coerce=number)
    phase_id = SelectField(_l("Phase"), coerce=number)
    category = StringField(_l("Category"), [Length(max=rules.CATEGORY_LIMIT)])
    review_on = DateField(_l("Next review"), [Optional()])
    probability = SelectField(_l("Probability now"), coerce=number)
    impact = SelectField(_l("Impact now"), coerce=number)
    inherent_probability = SelectField(_l("Inherent probability"), coerce=number)
    inherent_impact = SelectField(_l("Inherent impact"), coerce=number)
    target_probability = SelectField(_l("Target probability"), coerce=number)
    target_impact = SelectField(_l("Target impact"), coerce=number)
    chance = IntegerField(_l("Chance"), [Optional()], description=_l("In percent, for the forecast."))
    days_low = FloatField(_l("Working days lost, at least"), [Optional()])
    days_high = FloatField(_l("Working days lost, at most"), [Optional()])
    cost_low = IntegerField(_l("Cost, at least"), [Optional()])
    cost_high = IntegerField(_l("Cost, at most"), [Optional()])
    base = HiddenField()

    def raised(self) -> RiskData:
        """A new risk, as the service takes it."""
        return RiskData(**{name: self._value(name) for name in RiskData.__slots__})

    def changed(self) -> dict[str, Any]:
        """What was sent about one that is there."""
        return {name: self._value(name) for name in WRITTEN}

    def _value(self, name: str) -> Any:
        field = self._fields[name]
        return (field.data or "") if isinstance(field, (StringField, TextAreaField)) else field.data


class ScoreForm(Scaled):
    """A new rating and why."""

    probability = SelectField(_l("Probability"), coerce=number)
    impact = SelectField(_l("Impact"), coerce=number)
    why = TextAreaField(_l("Why"), [_LONG])

    def rated(self) -> Rating | None:
        """The rating. Raises RuleBroken for half of one."""
        return rules.rating(self.probability.data, self.impact.data)


class ResponseForm(Form):
    """What is done about a risk, by whom, by when."""

    kind = SelectField(_l("Kind"))
    text = TextAreaField(_l("What is done"), [InputRequired(_l("Say what is to be done.")), _LONG])
    owner_id = SelectField(_l("Who does it"), coerce=number)
    due = DateField(_l("By when"), [Optional()])

    def __init__(self, *args: Any, **values: Any) -> None:
        """Fill the kinds."""
        super().__init__(*args, **values)
        self.kind.choices = [(each.value, _l(words)) for each, words in rules.RESPONSES.items()]

    def planned(self) -> ResponseData:
        """What was sent, as the service takes it."""
        return ResponseData(self.kind.data, self.text.data or "", self.owner_id.data, self.due.data)


class ReviewForm(Form):
    """That somebody looked at it, and when to look next."""

    text = TextAreaField(_l("What was found"), [_LONG])
    next_on = DateField(_l("Next review"), [Optional()])


class MoveForm(Form):
    """Another state, and what has to be said with it."""

    state = SelectField(_l("New state"), validate_choice=False)
    reason = TextAreaField(_l("What happened, what was done, or why it is no risk"), [_LONG])


def register_list(people: Choices, phases: Choices, stage: str, today: date) -> ListSpec:
    """The columns of a register; ``stage`` says which rating the cells of the heat map filter."""
    sides = range(1, rules.LARGEST + 1)
    cells = [(f"{p}x{i}", f"{p} × {i}") for p in sides for i in sides]
    return ListSpec(
        key="risks",
        title="Risks",
        default_sort="-score",
        default_query="open=yes",
        page_size=20,
        columns=(
            Column("number", "ID"),
            Column("title", "Risk and response", Kind.TEXT, searched=True),
            Column("score", "Score", Kind.NUMBER, numeric=False),
            Column("movement", "Movement", value=_movement, sortable=False),
            Column("strikes", "If it strikes", value=lambda row: rules.range_text(row.days_low, row.days_high)),
            Column("state", "State", Kind.CHOICE, choices=[(each.value, each.capitalize()) for each in rules.State]),
            Column("due", "Due", Kind.DATE, value=_due, format=Format.DAY),
            Column("owner", "Owner", Kind.PERSON, filter_value=lambda row: row.responsible_id, choices=people),
            Column("open", "Open", Kind.FLAG, format=Format.FLAG, visible=False),
            Column("band", "Band", Kind.CHOICE, value=_band, choices=_BANDS, visible=False),
            Column("cell", "Cell", Kind.CHOICE, value=lambda row: _cell(row, stage), choices=cells, visible=False),
            Column(
                "response", "Response", Kind.CHOICE, value=_kind, filter_value=_kinds, choices=_answers(), visible=False
            ),
            Column("phase", "Phase", Kind.CHOICE, filter_value=lambda row: row.phase_id, choices=phases, visible=False),
            Column("review_on", "Review", Kind.DATE, format=Format.DAY, visible=False),
            Column("late", "Late", Kind.FLAG, value=lambda row: _late(row, today), format=Format.FLAG, visible=False),
            Column("category", "Category", Kind.TEXT, visible=False, searched=True),
            Column("description", "Description", visible=False, searched=True),
            Column("trigger", "Trigger", visible=False, searched=True),
        ),
    )


def _movement(row: RiskRow) -> str:
    said = [("inherent", row.inherent), ("now", row.now), ("target", row.target)]
    return ", ".join(f"{word} {rated.score}" for word, rated in said if rated)


def _due(row: RiskRow) -> date | None:
    return row.next_response.due if row.next_response else None


def _band(row: RiskRow) -> str | None:
    return row.now.band.value if row.now else None


def _cell(row: RiskRow, stage: str) -> str | None:
    rated: Rating | None = getattr(row, stage)
    return rated.cell if rated else None


def _kind(row: RiskRow) -> str | None:
    answer = row.next_response or next(iter(row.responses), None)
    return answer.kind if answer else None


def _kinds(row: RiskRow) -> list[str]:
    return sorted({each.kind for each in row.responses})


def _answers() -> list[tuple[str, str]]:
    return [(each.value, each.value.capitalize()) for each in rules.Response]


def _late(row: RiskRow, today: date) -> bool:
    answer = row.next_response
    return row.review_late(today) or (row.open and answer is not None and answer.late(today))
