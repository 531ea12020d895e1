"""Weekly use of the people of many roll-outs: a handful of statements, however many roll-outs there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal

from adoption.glance.rules import Glance, counts, last_week
from crm.access.queries import access_of
from crm.counts.queries import Scope
from crm.counts.rules.cells import Cell
from crm.counts.rules.windows import DAY, WEEK, Window
from crm.kpis import queries as kpis
from crm.kpis.rules.definitions import KPIS
from crm.kpis.rules.measures import ENOUGH_SIGN_INS
from crm.usage import queries as usage
from kernel.actor import SYSTEM
from roadmap.audience import queries as audience
from roadmap.audience.queries import Audience

WEEKLY_ACTIVE = KPIS["weekly-active"]


def glances(project_ids: Sequence[int], now: datetime, zone: tzinfo) -> dict[int, Glance]:
    """How far the adoption of some roll-outs is, by roll-out; the same for every reader."""
    today = now.astimezone(zone).date()
    monday = last_week(today)
    window = Window(monday, monday + WEEK - DAY, now, zone)
    found = audience.audiences(tuple(project_ids))
    weeks = _weeks(found.values(), window)
    return {each: _glance(its, window, weeks) for each, its in found.items()}


def _weeks(found: Iterable[Audience], window: Window) -> list[usage.Week]:
    """Nothing is read while no roll-out was live for a whole week."""
    if not any(counts(each.live_since, window.since) for each in found):
        return []
    return usage.weeks([window.since], window, Scope(access_of(SYSTEM)))


def _glance(its: Audience, window: Window, weeks: Sequence[usage.Week]) -> Glance:
    ours = [each for each in weeks if its.holds(each.user.team_id, each.user.id)]
    live = _since(its.live_since, window.today)
    use = None
    if counts(its.live_since, window.since):
        enabled = [each for each in ours if each.counts]
        active = sum(each.sign_ins >= ENOUGH_SIGN_INS for each in enabled)
        cell = Cell(None, Decimal(active), Decimal(len(enabled)), len(enabled))
        use = kpis.figure(WEEKLY_ACTIVE, window, cell, kpis.given(WEEKLY_ACTIVE, window, Scope(access_of(SYSTEM))))
    return Glance(its.project_id, live, len(ours), window.since, use)


def _since(live_since: date | None, today: date) -> date | None:
    """A day on which it will be live is not the day since which it is."""
    return live_since if live_since is not None and live_since <= today else None
