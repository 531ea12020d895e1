"""What a browser may send about estimates."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired

from infra.forms import Form
from infra.forms import lazy as _l
from roadmap.forecast.rules.spreading import SpreadRule


class SpreadForm(Form):
    """A rule that gives many tasks an estimate."""

    below = IntegerField(
        _l("Best case, percent below the duration"), [InputRequired(_l("Write a number of percent, such as 10."))]
    )
    above = IntegerField(
        _l("Worst case, percent above the duration"), [InputRequired(_l("Write a number of percent, such as 30."))]
    )
    every = BooleanField(_l("Replace estimates that are there"))

    def rule(self) -> SpreadRule:
        """The rule as it was sent."""
        return SpreadRule(self.below.data or 0, self.above.data or 0, bool(self.every.data))
