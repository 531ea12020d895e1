"""What a browser may send about rates."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from crm.rates.rules import read_rate
from crm.rates.service import RateData
from infra.forms import DayField, Form
from infra.forms import lazy as _l

_PROOF = Length(max=200, message=_l("At most %(max)d characters fit."))


class RateForm(Form):
    """A rate of one currency from a day on."""

    currency = SelectField(_l("Currency"), [InputRequired(_l("Choose a currency."))])
    day = DayField(_l("From"), [InputRequired(_l("Choose a day."))])
    rate = StringField(_l("One is worth"), [InputRequired(_l("Write a rate."))])
    proof = StringField(_l("Where that stands"), [_PROOF])

    def data_of(self) -> RateData:
        """What was sent. Raises RuleBroken."""
        assert self.day.data is not None  # required above
        return RateData(
            self.currency.data, self.day.data, read_rate(self.rate.data or ""), (self.proof.data or "").strip()
        )


class BaseForm(Form):
    """The currency of sums."""

    base = SelectField(_l("Currency of sums"), [InputRequired(_l("Choose a currency."))])


class FileForm(Form):
    """Rates in a file."""

    file = FileField(_l("File"))
    source = StringField(_l("Where it comes from"), [_PROOF])
