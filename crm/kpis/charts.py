"""How figures and their states are said, the same on every page and by every command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from crm.kpis.rules.definitions import State, Unit
from crm.kpis.rules.measures import Measure
from infra import formats


def state_word(found: Measure) -> str:
    """A state in a word; a value without a target is neither met nor missed."""
    if found.value is None:
        return _("Unknown")
    words = {State.GREEN: _("Met"), State.AMBER: _("Near"), State.RED: _("Missed"), State.UNKNOWN: _("No target")}
    return words[found.state]


def plain(unit: Unit, value: Decimal | float) -> str:
    """A value that is neither a share nor an amount: days, hours, a score, a number of things."""
    if unit is Unit.DAYS:
        return _("%(days)s days", days=formats.number(round(float(value), 1)))
    if unit is Unit.HOURS and 0 < value < 1:
        return _("%(minutes)s min", minutes=formats.number(round(float(value) * 60)))
    if unit is Unit.HOURS:
        return _("%(hours)s h", hours=formats.number(round(float(value), 1)))
    if unit is Unit.SCORE:
        return f"{'+' if value > 0 else ''}{formats.number(round(float(value)))}"
    return formats.number(round(float(value), 2))


HEADS = ("key", "value", "target", "state", "n", "why unknown")
"""The heads of a table of figures that a command prints."""


def lines(figures: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Its lines, of figures as documents: a value is plain, and one that is not known says so."""
    return [
        [
            each["key"],
            "unknown" if each["value"] is None else f"{each['value']:g}",
            "-" if each["target"] is None else f"{each['target']:g}",
            each["state"],
            str(each["n"]),
            each["why"],
        ]
        for each in figures
    ]
