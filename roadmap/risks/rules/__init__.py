"""What holds of risks: scores, states, exposure, limits, and who may see and change them."""

from kernel.permission import Visibility, allow

from .exposure import APPETITE, Exposure, History, Point, Shift, exposure, score_on, shifts, trend
from .fields import (
    CATEGORY_LIMIT,
    MOST_COST,
    MOST_DAYS,
    TEXT_LIMIT,
    TITLE_LIMIT,
    ResponseData,
    RiskData,
    check_appetite,
    check_chance,
    check_due,
    check_owner,
    check_range,
    check_text,
    check_title,
    range_text,
)
from .scores import BANDS, IMPACTS, LARGEST, PROBABILITIES, Band, Rating, band_of, rating
from .states import RESPONSES, SHORT, Response, State, check_move, check_response, is_open, moves_from, state_named

ALL, OWN = Visibility.ALL, Visibility.OWN
GRANTS = (
    *allow("risk.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("risk.add", administrator=ALL, manager=ALL, member=ALL),
    *allow("risk.edit", administrator=ALL, manager=ALL, member=OWN),
    *allow("risk.rule", administrator=ALL, manager=ALL),
)
"""Anybody in the team may raise a risk; a member changes those they own. The appetite is the manager's."""


def code(number: int) -> str:
    """What people call a risk.

    >>> code(4), code(112)
    ('R-04', 'R-112')
    """
    return f"R-{number:02d}"


__all__ = [
    "APPETITE",
    "BANDS",
    "CATEGORY_LIMIT",
    "GRANTS",
    "IMPACTS",
    "LARGEST",
    "MOST_COST",
    "MOST_DAYS",
    "PROBABILITIES",
    "RESPONSES",
    "SHORT",
    "TEXT_LIMIT",
    "TITLE_LIMIT",
    "Band",
    "Exposure",
    "History",
    "Point",
    "Rating",
    "Response",
    "ResponseData",
    "RiskData",
    "Shift",
    "State",
    "band_of",
    "check_appetite",
    "check_chance",
    "check_due",
    "check_move",
    "check_owner",
    "check_range",
    "check_response",
    "check_text",
    "check_title",
    "code",
    "exposure",
    "is_open",
    "moves_from",
    "range_text",
    "rating",
    "score_on",
    "shifts",
    "state_named",
    "trend",
]
