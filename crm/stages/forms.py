"""What a browser may send about stages."""

from __future__ import annotations

from wtforms import IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from crm.stages.rules import OUTCOMES, StageData
from infra.forms import Form
from infra.forms import lazy as _l

CHOICES = [SelectChoice(key, _l(label)) for key, label in OUTCOMES.items()]


class StageForm(Form):
    """A stage: its name, what it means, how likely a deal in it is won."""

    name = StringField(_l("Name"), [InputRequired(_l("Write a name."))])
    outcome = SelectField(_l("Means"), choices=CHOICES, default="open")
    probability = IntegerField(_l("Likely, in percent"), [InputRequired(_l("Write a number from 0 to 100."))])

    def stage(self) -> StageData:
        """What was sent."""
        return StageData(self.name.data or "", self.probability.data or 0, self.outcome.data or "")
