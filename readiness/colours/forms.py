"""What a browser may send about health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import DateField, HiddenField, IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from infra.forms import Form
from infra.forms import lazy as _l
from readiness.health.rules.claims import REASON_LIMIT
from readiness.health.rules.tolerances import FIELDS, MOST

NEEDED = InputRequired(_l("Give a whole number."))


ANSWER = "answer:"
"""What the fields of answers begin with; the contradiction's key follows."""


def answers_in(sent: Mapping[str, str]) -> dict[str, str]:
    """The answers that were typed, by the contradictions' keys, without outer spaces; empty ones stay empty.

    >>> answers_in({"answer:spi:schedule": " We know. ", "comment": "x"})
    {'spi:schedule': 'We know.'}
    """
    return {name.removeprefix(ANSWER): words.strip() for name, words in sent.items() if name.startswith(ANSWER)}


def _limit(label: str, subject: str) -> IntegerField:
    return IntegerField(label, [NEEDED, NumberRange(0, MOST[subject])])


class ClaimForm(Form):
    """A colour, the reason for it, and how long it stands."""

    state = RadioField(_l("Claimed"), validate_choice=False)
    reason = TextAreaField(
        _l("Reason"),
        [Length(max=REASON_LIMIT)],
        description=_l("It stands beside the claim wherever the claim is shown, in reports too."),
    )
    until = DateField(_l("Stands until"), [Optional()])


class ToleranceForm(Form):
    """From which value on an indicator is amber, and from which red."""

    slip_amber = _limit(_l("Amber above"), "slip")
    slip_red = _limit(_l("Red above"), "slip")
    cost_amber = _limit(_l("Amber above"), "cost")
    cost_red = _limit(_l("Red above"), "cost")
    exposure_amber = _limit(_l("Amber above"), "exposure")
    exposure_red = _limit(_l("Red above"), "exposure")
    critical_amber = _limit(_l("Amber above"), "critical")
    critical_red = _limit(_l("Red above"), "critical")
    load_amber = _limit(_l("Amber above"), "load")
    load_red = _limit(_l("Red above"), "load")
    scope_amber = _limit(_l("Amber above"), "scope")
    scope_red = _limit(_l("Red above"), "scope")
    base = HiddenField()

    def limits(self) -> dict[str, Any]:
        """The limits that were typed."""
        return {name: self[name].data for name in FIELDS}
