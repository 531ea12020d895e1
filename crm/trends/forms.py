"""What a browser may send about figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from crm.kpis import service as settings
from crm.kpis.rules.definitions import Kpi
from crm.trends.service import STATES
from infra.forms import DayField, Form
from infra.forms import lazy as _l
from infra.transaction import Work
from kernel.actor import Actor
from kernel.errors import RuleBroken

HUNDRED = 100
_DIGITS = 9


class TargetForm(Form):
    """What a figure should be; empty is no target."""

    target = StringField(_l("Target"), [Length(max=20, message=_l("At most %(max)d characters fit."))])


class RebaseForm(Form):
    """Why other limits should hold."""

    reason = StringField(
        _l("Why the old limits no longer hold"),
        [InputRequired(_l("Say why.")), Length(max=300, message=_l("At most %(max)d characters fit."))],
    )


class BaselineForm(Form):
    """Days to compare the creation of contacts with; contacts and users where another system counted them."""

    since = DayField(_l("First day"), [InputRequired(_l("Choose a day."))])
    until = DayField(_l("Last day"), [InputRequired(_l("Choose a day."))])
    contacts = StringField(_l("Contacts created"), [Length(max=20, message=_l("At most %(max)d characters fit."))])
    users = StringField(_l("Users"), [Length(max=20, message=_l("At most %(max)d characters fit."))])
    proof = StringField(
        _l("Where that stands"),
        [InputRequired(_l("Say where that stands.")), Length(max=300, message=_l("At most %(max)d characters fit."))],
    )

    def keep(self, today: date, *, actor: Actor) -> Work:
        """Set the baseline as it was typed. Raises RuleBroken."""
        assert self.since.data is not None  # required above
        assert self.until.data is not None
        contacts, users = (read_number(each.data or "", each.name) for each in (self.contacts, self.users))
        return settings.set_baseline(
            self.since.data, self.until.data, contacts, users, self.proof.data or "", actor=actor, today=today
        )


class ExplainForm(Form):
    """What somebody says about a week that stands out."""

    state = RadioField(_l("State"), choices=list(STATES.items()))
    note = TextAreaField(_l("What was behind it"), [Length(max=500, message=_l("At most %(max)d characters fit."))])


def read_number(text: str, field: str) -> int | None:
    """A number of things as it was typed; empty is none said. Raises RuleBroken.

    >>> read_number(" 1200 ", "contacts"), read_number("", "users")
    (1200, None)
    """
    plain = "".join(text.split())
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit()) or len(plain) > _DIGITS:
        raise RuleBroken("kpis.number", "Write a whole number, like 120.", field=field)
    return int(plain)


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
