"""Completeness in bars by object, team and owner, and its way over the weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _

from accounts.people import queries as people
from accounts.teams import queries as teams
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Field
from crm.quality import queries, rules
from crm.quality.rules import Completeness
from infra import formats

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 180, 40, 24, 12
FEWEST = 2
"""Days from which on there is a way to draw."""
BARS = 12


class Bar(NamedTuple):
    """One line of bars: what it is, how complete, and where its records are."""

    label: str
    figure: Completeness
    href: str | None


def groups(access: Access) -> list[tuple[str, list[Bar]]]:
    """The bars by object, team and owner, the least complete first."""
    objects = queries.by(access, lambda each: each.kind)
    by_team = queries.by(access, lambda each: each.team_id)
    by_owner = queries.by(access, lambda each: each.owner_id)
    names = people.names_of(each for each in by_owner if each is not None)
    team_names = {each.id: each.name for each in teams.teams()}
    return [
        (_("By object"), _bars([(_(OBJECTS[key].label_plural), each, _at(key)) for key, each in objects.items()])),
        (_("By team"), _bars([(team_names.get(key, _("No team")), each, None) for key, each in by_team.items()])),
        (_("By owner"), _bars([(names.get(key, _("Nobody")), each, None) for key, each in by_owner.items()])),
    ]


def _at(kind: str) -> str:
    return url_for("crm_quality.records", plural=OBJECTS[kind].plural)


def _bars(found: list[tuple[str, Completeness, str | None]]) -> list[Bar]:
    bars = [Bar(*each) for each in found if each[1].required]
    return sorted(bars, key=lambda each: (each.figure.share or 0, each.label))[:BARS]


def fields_of(kind: str) -> tuple[Field, ...]:
    """The fields of an object that count."""
    return rules.counted(kind)


def trend(days: Sequence[tuple[date, Completeness]], target: float) -> dict[str, Any] | None:
    """The line of completeness, with the target; None while there are too few days."""
    points = [(day, each.share) for day, each in days if each.share is not None]
    if len(points) < FEWEST:
        return None
    low = min(90.0, *(share // 10 * 10 for _day, share in points))
    first, span = points[0][0], max(1, (points[-1][0] - points[0][0]).days)

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - 8) * (day - first).days / span, 1)

    def y(share: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (100 - share) / (100 - low), 1)

    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "label": _("Completeness by day"),
        "grid": [(y(each), f"{each:.0f} %") for each in (low, (low + 100) / 2, 100.0)],
        "axis": [(x(day), formats.day(day)) for day in (points[0][0], points[-1][0])],
        "lines": [("s1", " ".join(f"{x(day)},{y(share)}" for day, share in points))],
        "target": y(target),
    }


def trend_rows(days: Sequence[tuple[date, Completeness]]) -> list[tuple[str, str, str, str]]:
    """The same as a table."""
    return [
        (
            formats.day(day),
            f"{each.share:.1f} %" if each.share is not None else "–",
            str(each.valid),
            str(each.required),
        )
        for day, each in days
    ]
