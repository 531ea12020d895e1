"""What a browser may send about campaigns."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from crm.campaigns.rules import COUNTS, DayData, read_count
from crm.rates.rules import read_amount
from infra.forms import DayField, Form
from infra.forms import lazy as _l


class DayForm(Form):
    """The figures of a day."""

    day = DayField(_l("Day"), [InputRequired(_l("Choose a day."))])
    reach = StringField(_l("Reach"))
    impressions = StringField(_l("Impressions"))
    opens = StringField(_l("Opens"))
    clicks = StringField(_l("Clicks"))
    cost = StringField(_l("Cost"))
    proof = StringField(
        _l("Where that stands"),
        [InputRequired(_l("Say where the figures come from.")), Length(max=200, message=_l("At most %(max)d fit."))],
    )

    def figures(self) -> DayData:
        """What was sent. Raises RuleBroken."""
        assert self.day.data is not None  # required above
        counts = {key: read_count(self[key].data, key) for key in COUNTS}
        cost = read_amount(self.cost.data or "", "cost", "Cost")
        return DayData(self.day.data, counts, cost, (self.proof.data or "").strip())
