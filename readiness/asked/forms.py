"""What a browser may send about gates and criteria."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, FloatField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from infra.forms import Form, number
from infra.forms import lazy as _l
from readiness.gates.rules.definitions import STATEMENT_LIMIT, TEXT_LIMIT

NEEDED = InputRequired(_l("Give a number."))
FIELDS = (
    "statement", "category", "source", "subject", "comparator", "threshold", "unit", "margin", "weight", "must_have",
    "never_waivable", "role_id", "minimum_sample", "freshness_days", "window_days", "effort_days", "help", "workaround",
)  # fmt: skip


class CriterionForm(Form):
    """Everything that a criterion says."""

    statement = StringField(
        _l("Statement"), [InputRequired(_l("Say what should be true.")), Length(max=STATEMENT_LIMIT)]
    )
    category = SelectField(_l("Category"))
    source = SelectField(_l("Evidence from"))
    subject = StringField(
        _l("Looking at"),
        [Length(max=80)],
        description=_l("Begin to type a name and choose from the list; empty where the source has one thing only."),
    )
    comparator = SelectField(_l("Compared"))
    threshold = FloatField(_l("Threshold"), [NEEDED])
    unit = StringField(_l("Unit"), [InputRequired(_l("Give the unit, such as %.")), Length(max=40)])
    margin = FloatField(_l("Margin"), [NEEDED], description=_l("So near the threshold it passes in part."))
    weight = FloatField(_l("Weight"), [NEEDED])
    must_have = BooleanField(_l("Must-have: without it the gate does not pass"))
    never_waivable = BooleanField(_l("Never waived"))
    role_id = SelectField(_l("Decided by"), coerce=number)
    minimum_sample = IntegerField(_l("Minimum sample"), [NEEDED])
    freshness_days = IntegerField(_l("Oldest evidence"), [Optional()], description=_l("Days. Empty: it does not age."))
    window_days = IntegerField(_l("Window"), [Optional()], description=_l("Days that the value covers, where it does."))
    effort_days = FloatField(_l("Effort to close it"), [NEEDED], description=_l("Person-days."))
    help = TextAreaField(_l("Why it is asked"), [Length(max=TEXT_LIMIT)])
    workaround = TextAreaField(_l("Without it"), [Length(max=TEXT_LIMIT)], description=_l("What to do meanwhile."))
    base = HiddenField()

    def asked(self) -> dict[str, Any]:
        """What was typed, without what only travels along."""
        return {name: self[name].data for name in FIELDS}


class GateForm(Form):
    """How much a gate takes to pass."""

    minimum_score = FloatField(_l("Least score"), [NEEDED], description=_l("Of 100."))
    minimum_confidence = FloatField(_l("Least confidence"), [NEEDED], description=_l("Percent of the weight."))
    base = HiddenField()

    def limits(self) -> dict[str, Any]:
        """What was typed."""
        return {"minimum_score": self.minimum_score.data, "minimum_confidence": self.minimum_confidence.data}
