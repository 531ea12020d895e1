"""How a state of a figure is said, the same on every page."""

from __future__ import annotations

from flask_babel import gettext as _

from crm.kpis.rules.definitions import State
from crm.kpis.rules.measures import Measure


def state_word(found: Measure) -> str:
    """A state in a word; a value without a target is neither met nor missed."""
    if found.value is None:
        return _("Unknown")
    words = {State.GREEN: _("Met"), State.AMBER: _("Near"), State.RED: _("Missed"), State.UNKNOWN: _("No target")}
    return words[found.state]
