"""What a browser may send about a lead's way."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from crm.conversion.rules import NAME_LIMIT, ConversionData, DealData
from crm.rates.rules import check_currency, read_amount
from infra.forms import DayField, Form, number
from infra.forms import lazy as _l

_NAME = Length(max=NAME_LIMIT, message=_l("At most %(max)d characters fit."))
NEW = "new"


class ConvertForm(Form):
    """What a lead becomes."""

    account = RadioField(_l("Which account?"), [InputRequired(_l("Choose an account, or a new one."))])
    account_name = StringField(_l("Name of the new account"), [_NAME])
    contact = RadioField(_l("Which contact?"), [InputRequired(_l("Choose a contact, or a new one."))])
    with_deal = BooleanField(_l("Make a deal as well"))
    deal_name = StringField(_l("Name of the deal"), [_NAME])
    amount = StringField(_l("Amount"))
    currency = StringField(_l("Currency"), [Length(max=3, message=_l("At most %(max)d characters fit."))])
    closes_on = DayField(_l("Close date"), [Optional()])
    stage_id = SelectField(_l("Stage"), coerce=number, validate_choice=False)
    owner_id = SelectField(_l("Owner of what is new"), coerce=number)

    def chosen(self) -> ConversionData:
        """What was sent. Raises RuleBroken for an amount or a currency that can't be read."""
        deal = None
        if self.with_deal.data:
            amount = read_amount(self.amount.data or "")
            currency = check_currency(self.currency.data or "")
            deal = DealData(self.deal_name.data or "", amount, currency, self.closes_on.data, self.stage_id.data)
        return ConversionData(
            account_id=_chosen(self.account.data),
            account_name=self.account_name.data or "",
            contact_id=_chosen(self.contact.data),
            deal=deal,
            owner_id=self.owner_id.data,
        )


def _chosen(value: str | None) -> int | None:
    return None if value in (None, "", NEW) else int(value or 0)
