"""What a browser may send about money; amounts are read by the rules, in the project's currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from infra.forms import Form, told
from infra.forms import lazy as _l
from kernel.errors import RuleBroken
from roadmap.costs.rules import amounts
from roadmap.costs.rules.entries import NAME_LIMIT
from roadmap.costs.service import CostData, RateData

_DAY = InputRequired(_l("Choose a day."))


class RateForm(Form):
    """A rate: whose (``role-7`` or ``person-3``), from when, how much an hour."""

    whose = SelectField(_l("For"), validate_choice=False)
    first_day = DateField(_l("From"), [_DAY])
    amount = StringField(_l("An hour"), [InputRequired(_l("Write an amount."))])

    def rate(self, currency: str) -> RateData:
        """What was sent. Raises RuleBroken for an amount that can't be read."""
        kind, _dash, number = (self.whose.data or "").partition("-")
        whose = int(number) if number.isascii() and number.isdigit() and len(number) <= len("123456789") else None
        cents = amounts.parse(self.amount.data or "", currency)
        role_id, person_id = (whose if kind == each else None for each in ("role", "person"))
        return RateData(self.first_day.data or date.min, cents, role_id, person_id)


class CostForm(Form):
    """A fixed cost or an expense, with a receipt if there is one."""

    name = StringField(_l("What for"), [InputRequired(_l("Say what it is for.")), Length(max=NAME_LIMIT)])
    amount = StringField(_l("Amount"), [InputRequired(_l("Write an amount."))])
    day = DateField(_l("Day"), [_DAY])
    phase_id = SelectField(_l("Phase"), validate_choice=False)
    task_id = SelectField(_l("Task"), validate_choice=False)
    receipt = FileField(_l("Receipt"))

    def cost(self, currency: str) -> CostData:
        """What was sent. Raises RuleBroken for an amount that can't be read."""
        cents = amounts.parse(self.amount.data or "", currency)
        phase_id, task_id = (phase_number(field.data or "") for field in (self.phase_id, self.task_id))
        return CostData(self.name.data or "", self.day.data or date.min, cents, phase_id, task_id)


def phase_number(text: str) -> int | None:
    """The phase that a list sent; none for the project as a whole, 0 (which none has) for what no list offered."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("123456789") else 0


def read_budgets(
    sent: Mapping[str, str], phases: Iterable[int | None], currency: str
) -> tuple[dict[int | None, int | None], dict[int | None, str]]:
    """The budgets by phase as they were sent, empty for none, and what is wrong with the others."""
    found: dict[int | None, int | None] = {}
    errors: dict[int | None, str] = {}
    for phase_id in phases:
        text = sent.get(budget_name(phase_id), "").strip()
        try:
            found[phase_id] = amounts.parse(text, currency) if text else None
        except RuleBroken as problem:
            errors[phase_id] = told(problem)
    return found, errors


def budget_name(phase_id: int | None) -> str:
    """The field of a phase's budget."""
    return f"b-{phase_id or 'whole'}"


def phase_choices(names: Mapping[int | None, str]) -> list[tuple[str, str]]:
    """The phases to choose from, and the project as a whole."""
    return [("", _("The whole project")), *((str(id), name) for id, name in names.items() if id is not None)]
