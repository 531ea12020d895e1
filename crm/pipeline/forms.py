"""What a browser may send about the board: filters in the address, and a move."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, Optional

from crm.objects.rules.choices import LOST_REASONS
from crm.pipeline.rules import Filters, Whose
from crm.rates.rules import read_amount
from infra.forms import DayField, Form, number
from infra.forms import lazy as _l
from kernel.errors import RuleBroken

REASONS = [SelectChoice("", _l("Choose a reason")), *(SelectChoice(key, _l(label)) for key, label in LOST_REASONS)]


class MoveForm(Form):
    """Where a deal goes, from where, and what belongs to that."""

    stage_id = SelectField(_l("Stage"), coerce=number, validate_choice=False)
    was_id = SelectField(_l("Until now"), coerce=number, validate_choice=False)
    lost_reason = SelectField(_l("Why was it lost?"), choices=REASONS, validate_choice=False)
    lost_to = StringField(_l("Lost to"), [Length(max=200, message=_l("At most %(max)d characters fit."))])
    closes_on = DayField(_l("Closed on"), [Optional()])

    def values_for(self, outcome: str) -> dict[str, Any]:
        """What belongs to a stage of this outcome."""
        if outcome == "lost":
            return {"lost_reason": self.lost_reason.data, "lost_to": self.lost_to.data}
        return {"closes_on": self.closes_on.data} if outcome == "won" else {}


def filters_of(sent: Mapping[str, str]) -> Filters:
    """The filters of an address; what can't be read narrows nothing."""
    whose = sent.get("whose", "")
    stage = sent.get("stage", "")
    return Filters(
        whose=Whose(whose) if whose in list(Whose) else Whose.ALL,
        closes_from=_day(sent.get("from", "")),
        closes_to=_day(sent.get("to", "")),
        at_least=_amount(sent.get("min", "")),
        quiet=sent.get("quiet") == "1",
        overdue=sent.get("overdue") == "1",
        stage_id=int(stage) if stage.isascii() and stage.isdigit() and len(stage) <= len("123456789") else None,
        outcome=sent.get("outcome", "") if sent.get("outcome") in ("won", "lost") else "open",
        undated=sent.get("undated") == "1",
    )


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None


def _amount(text: str) -> Decimal | None:
    with suppress(RuleBroken):
        return read_amount(text)
    return None
