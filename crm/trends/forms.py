"""What a browser may send about figures."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from crm.kpis.rules.definitions import Kpi
from crm.trends.service import STATES
from infra.forms import Form
from infra.forms import lazy as _l
from kernel.errors import RuleBroken

HUNDRED = 100


class TargetForm(Form):
    """What a figure should be; empty is no target."""

    target = StringField(_l("Target"), [Length(max=20, message=_l("At most %(max)d characters fit."))])


class RebaseForm(Form):
    """Why other limits should hold."""

    reason = StringField(
        _l("Why the old limits no longer hold"),
        [InputRequired(_l("Say why.")), Length(max=300, message=_l("At most %(max)d characters fit."))],
    )


class ExplainForm(Form):
    """What somebody says about a week that stands out."""

    state = RadioField(_l("State"), choices=list(STATES.items()))
    note = TextAreaField(_l("What was behind it"), [Length(max=500, message=_l("At most %(max)d characters fit."))])


def read_target(one: Kpi, text: str) -> Decimal | None:
    """A target as it was typed: percent for shares. Raises RuleBroken."""
    plain = text.replace("%", "").replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", ".").strip()
    if not plain:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise RuleBroken("kpis.target", "Write a number, like 80 or 12.5.", field="target") from error
    if not value.is_finite():
        raise RuleBroken("kpis.target", "Write a number, like 80 or 12.5.", field="target")
    return value / HUNDRED if one.share else value
