"""Every figure of the CRM: what it counts, over how long, from how many it may be said, and what it should be.

A definition is a row; the sources that it is counted from stand in ``crm/counts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kernel.errors import NotFound


class Unit(StrEnum):
    """What a value is: a share of 1, a change as a share of 1, an amount, days, hours, a number of -100 to 100, or a
    number of things.
    """

    SHARE = "share"
    CHANGE = "change"
    RETURN = "return"
    MONEY = "money"
    DAYS = "days"
    HOURS = "hours"
    SCORE = "score"
    COUNT = "count"


class State(StrEnum):
    """How a value stands to its target."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure. ``least`` is the smallest n from which it is said; ``days`` the usual stretch, 0: as it stands now.
    ``ripens``: a week is judged so many days after it ended, since late entries still change it before.

    ``rising`` says whether more is better. ``segments`` are what it can be told apart by.
    """

    key: str
    label: str
    unit: Unit
    rule: str
    beware: str = ""
    top: str = "counted"
    bottom: str = ""
    target: Decimal | None = None
    rising: bool = True
    least: int = 1
    days: int = 30
    ripens: int = 0
    segments: tuple[str, ...] = ("team_id", "owner_id")

    @property
    def share(self) -> bool:
        """Whether it is read in percent."""
        return self.unit in (Unit.SHARE, Unit.CHANGE, Unit.RETURN)

    @property
    def stands(self) -> bool:
        """Whether it is a stock: what is there now, not what happened in a stretch."""
        return self.days == 0


_LEAD = ("source", "region", "team_id", "owner_id", "campaign_id")
_DEAL = ("source", "product_line", "team_id", "owner_id", "campaign_id")
_TICKET = ("queue_id", "priority", "category", "channel", "team_id", "owner_id")
_MONEY = "Amounts count in the organisation's currency at the rate of the close date; without a rate one is unknown."

_TABLE = (
    Kpi(
        "weekly-active",
        "Weekly active users",
        Unit.SHARE,
        "Users with at least 3 sign-ins in the ISO week, of those who were enabled all week and not on leave on any of"
        " its weekdays. Of several weeks: one user counts once a week.",
        "A sign-in is the first request after 30 minutes without one: people stay signed in.",
        "active users",
        "enabled users",
        Decimal("0.8"),
        days=7,
        segments=("team_id", "owner_id"),
    ),
    Kpi(
        "data-completeness",
        "Data completeness",
        Unit.SHARE,
        "Valid required fields of all required fields, over all records.",
        "“n/a” or “x” in a required field is not valid. Every field weighs the same: no mean of records.",
        "valid fields",
        "required fields",
        Decimal("0.95"),
        least=10,
        days=0,
        segments=("object", "team_id", "owner_id"),
    ),
    Kpi(
        "contact-creation",
        "Contact creation",
        Unit.CHANGE,
        "Contacts created per enabled user and day in the stretch, against the same in the baseline, less 1.",
        "Migrated contacts do not count. Without a baseline it is unknown.",
        "contacts",
        "days of users",
        Decimal("0.10"),
        segments=("team_id", "owner_id"),  # not a source: its part is no change against the whole of the baseline
    ),
    Kpi(
        "activity-timeliness",
        "Logged within 24 hours",
        Unit.SHARE,
        "Calls, e-mails and meetings that a person logged at most 24 hours after they happened, of those that happened"
        " in the stretch.",
        "The stretch closes 24 hours before now, and a week stays provisional: what nobody logs is invisible.",
        "logged in time",
        "happened",
        Decimal("0.9"),
        least=10,
        days=7,
        ripens=8,
        segments=("kind", "team_id", "owner_id"),
    ),
    Kpi(
        "stickiness",
        "Stickiness",
        Unit.SHARE,
        "Users active on a weekday, on average, of all who were active in the stretch.",
        "Of 30 days it is daily to monthly use.",
        "active on a weekday",
        "active in the stretch",
        least=5,
        segments=("team_id", "owner_id"),
    ),
    Kpi(
        "lead-conversion",
        "Lead conversion",
        Unit.SHARE,
        "Converted leads of those created in the stretch.",
        "The cohort are the leads created in these days, whenever they were converted: the latest had less time.",
        "converted",
        "created",
        Decimal("0.2"),
        least=10,
        ripens=21,
        segments=_LEAD,
    ),
    Kpi(
        "win-rate",
        "Win rate",
        Unit.SHARE,
        "Won deals of those won or lost, by the day on which they were closed.",
        "Open deals do not count, however old they are.",
        "won",
        "won or lost",
        Decimal("0.3"),
        least=10,
        days=90,
        segments=_DEAL,
    ),
    Kpi(
        "sales-cycle",
        "Sales cycle",
        Unit.DAYS,
        "Mean days from the creation of the lead to the day on which the deal was won, over deals won in the stretch.",
        "Deals without a lead count from their own creation and are shown apart.",
        "days",
        "won deals",
        rising=False,
        least=3,
        days=90,
        segments=_DEAL,
    ),
    Kpi(
        "deal-size",
        "Deal size",
        Unit.MONEY,
        "Won value by the number of deals won in the stretch.",
        _MONEY,
        "won value",
        "won deals",
        least=3,
        days=90,
        segments=_DEAL,
    ),
    Kpi(
        "pipeline",
        "Pipeline",
        Unit.MONEY,
        "Value of all open deals.",
        f"{_MONEY} A deal without an amount adds nothing.",
        "open value",
        days=0,
        segments=("stage_id", *_DEAL),
    ),
    Kpi(
        "weighted-pipeline",
        "Weighted pipeline",
        Unit.MONEY,
        "Value of all open deals, each times the probability of its stage or its own.",
        _MONEY,
        "weighted value",
        days=0,
        segments=("stage_id", *_DEAL),
    ),
    Kpi(
        "revenue",
        "Revenue won",
        Unit.MONEY,
        "Value of the deals won in the stretch.",
        _MONEY,
        "won value",
        segments=_DEAL,
    ),
    Kpi(
        "mql",
        "Marketing qualified leads",
        Unit.COUNT,
        "Leads that became marketing qualified for the first time in the stretch.",
        "A lead that falls back and rises again counts once.",
        "leads",
        segments=_LEAD,
    ),
    Kpi(
        "sql",
        "Sales qualified leads",
        Unit.COUNT,
        "Leads that became sales qualified for the first time in the stretch.",
        "A lead that falls back and rises again counts once.",
        "leads",
        segments=_LEAD,
    ),
    Kpi(
        "campaign-roi",
        "Return on campaigns",
        Unit.RETURN,
        "Attributed revenue less cost, by cost, over the campaigns that cost something in the stretch.",
        "Revenue that comes later is not in it yet.",
        "revenue less cost",
        "cost",
        days=90,
        segments=(),
    ),
    Kpi(
        "click-through",
        "Click-through",
        Unit.SHARE,
        "Clicks by reach, over the days of campaigns whose clicks are known.",
        "One person may click more than once.",
        "clicks",
        "reached",
        least=100,
        days=90,
        segments=(),
    ),
    Kpi(
        "cost-per-lead",
        "Cost per lead",
        Unit.MONEY,
        "Cost of the campaigns that ran in the stretch by the leads that came from them.",
        _MONEY,
        "cost",
        "leads",
        rising=False,
        least=3,
        days=90,
        segments=(),
    ),
    Kpi(
        "tickets",
        "Tickets",
        Unit.COUNT,
        "Tickets that came in in the stretch.",
        "One that was merged into another counts there only.",
        "tickets",
        segments=_TICKET,
    ),
    Kpi(
        "open-tickets",
        "Open tickets",
        Unit.COUNT,
        "Tickets that are not solved.",
        "Those that wait for the requester are among them.",
        "tickets",
        rising=False,
        days=0,
        segments=_TICKET,
    ),
    Kpi(
        "first-response",
        "First response",
        Unit.HOURS,
        "Median time from the creation of a ticket to the first answer of a person, in the hours of its service level,"
        " over tickets first answered in the stretch.",
        "An automatic reply is no answer; what nobody has answered yet is not in it.",
        "hours",
        "tickets",
        rising=False,
        least=5,
        segments=_TICKET,
    ),
    Kpi(
        "resolution",
        "Resolution",
        Unit.HOURS,
        "Median time until a ticket was solved, in the hours of its service level and without its pauses, over tickets"
        " solved in the stretch.",
        "Half of all took longer, so read the 90th percentile beside it. A reopened ticket goes on where it stopped.",
        "hours",
        "tickets",
        rising=False,
        least=5,
        segments=_TICKET,
    ),
    Kpi(
        "sla-met",
        "Service levels met",
        Unit.SHARE,
        "Promises that were kept, of those kept or broken: a first answer and a solution for each ticket that came in"
        " in the stretch.",
        "Open and past due is broken. The newest tickets still have time, so their week gets worse or better yet.",
        "kept",
        "kept or broken",
        Decimal("0.9"),
        least=10,
        ripens=14,
        segments=("measure", *_TICKET),
    ),
    Kpi(
        "fcr",
        "First contact resolution",
        Unit.SHARE,
        "Tickets solved with the first answer, of those solved in the stretch that one answer could solve.",
        "A ticket that was reopened was not solved at first contact. Beside it stands the share of all tickets.",
        "solved with the first answer",
        "tickets that it could solve",
        Decimal("0.7"),
        least=10,
        segments=_TICKET,
    ),
    Kpi(
        "csat",
        "Customer satisfaction",
        Unit.SHARE,
        "Answers of 4 or 5, of all answers that customers gave in the stretch.",
        "Those who answer are not all: n says how many did.",
        "answers of 4 or 5",
        "answers",
        Decimal("0.8"),
        least=5,
    ),
    Kpi(
        "nps",
        "Net promoter score",
        Unit.SCORE,
        "Percent of 9 and 10 less percent of 0 to 6, of all answers that customers gave in the stretch.",
        "A number from -100 to 100, not a percentage.",
        "promoters less detractors",
        "answers",
        least=10,
        days=90,
    ),
)
KPIS: Mapping[str, Kpi] = {each.key: each for each in _TABLE}
"""Every figure that the CRM measures, by its key, in the order in which they are read."""
SPANS = frozenset({Unit.DAYS, Unit.HOURS})
"""Units of figures that are made of how long each thing took."""


def kpi(key: str) -> Kpi:
    """A figure by its key. Raises NotFound."""
    if key not in KPIS:
        raise NotFound("There is no figure %(key)s; there are %(known)s.", key=key, known=", ".join(KPIS))
    return KPIS[key]
