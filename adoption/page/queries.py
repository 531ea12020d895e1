"""All that the page, the file and the overview say of a roll-out's use, as far as one reader may see it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import func, literal, select, union_all

from adoption.crew import queries as crews
from adoption.crew.rules import Crew, Member
from adoption.measures import queries as measures
from adoption.measures.queries import Reading
from adoption.measures.rules import KEYS, ends, path, verdict
from adoption.onboarding import queries as onboarding
from adoption.onboarding.queries import Onboarding
from adoption.page import rules
from adoption.page.rules import Feature, Group
from adoption.policy import queries as policy
from adoption.policy.rules import Visible, groups, named, whole_is_shown
from crm.access import queries as access
from crm.counts.rules.windows import Window
from crm.kpis.rules.measures import Measure
from crm.usage.models import UsageHour
from infra.database import db

Key = TypeVar("Key", bound=Hashable)
_ANYTHING = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks, whether they lead the roll-out, and on which day."""

    person_id: int | None
    manages: bool
    today: Window


@dataclass(frozen=True, slots=True)
class View:
    """A roll-out that is live, as one reader sees it. ``shown``: its people are enough to say anything of them."""

    crew: Crew
    visible: Visible
    reading: Reading
    by_now: Mapping[str, Decimal | None]
    shown: bool
    groups: Mapping[str, list[Group]]
    onboarding: Onboarding
    used: list[Feature]
    neglected: list[Feature]

    @property
    def whole(self) -> Mapping[str, Measure]:
        """The figures of all."""
        return self.reading.whole


def view(project_id: int, chosen: str, look: Look, wanted: Sequence[str] = rules.BY) -> View | None:
    """A roll-out's use in the chosen stretch, told apart as wanted; None as long as it is not live."""
    crew = crews.crew(project_id)
    if not is_live(crew, look.today.until):
        return None
    assert crew.live_since is not None  # asked above
    reading = measures.read(crew, rules.wish(chosen, look.today, crew.live_since))
    visible = policy.visible()
    seen = named(crew, visible, look.person_id, manages=look.manages)
    by_now = paths(reading)
    used, neglected = _features(crew, reading)
    return View(
        crew,
        visible,
        reading,
        by_now,
        whole_is_shown(crew, seen),
        {by: _GROUPS[by](crew, reading, seen, by_now) for by in {"team", *wanted}},
        onboarding.read(crew, reading),
        used,
        neglected,
    )


def is_live(crew: Crew, today: date) -> bool:
    """Whether people work with it already."""
    return crew.live_since is not None and crew.live_since <= today


def paths(reading: Reading) -> dict[str, Decimal | None]:
    """What each figure should be by the end of the stretch."""
    live, day = reading.wish.live_since, reading.wish.window.until
    return {key: path(reading.points[key], reading.told[key].target, ends(key, live), day) for key in KEYS}


def _teams(crew: Crew, reading: Reading, seen: frozenset[int], by_now: Mapping[str, Decimal | None]) -> list[Group]:
    parts = _parts(crew.members, lambda each: each.team_id)
    names: dict[int | None, str] = {each.team_id: each.team or _("In no team") for each in crew.members}
    found = []
    for keys in groups(parts, seen):
        one = keys[0] if len(keys) == 1 else None
        found.append(_group([names[each] for each in keys], _size(parts, keys), reading.of_teams(keys), by_now, one))
    return found


def _roles(crew: Crew, reading: Reading, seen: frozenset[int], by_now: Mapping[str, Decimal | None]) -> list[Group]:
    """By the first role that was given to each: groups that overlap would tell of single people."""
    parts, known = _parts(crew.members, lambda each: each.roles[0] if each.roles else ""), access.roles()
    found = []
    for keys in groups(parts, seen):
        ids = frozenset().union(*(parts[each] for each in keys))
        names = [_(known[each].name) if each in known else each or _("In no role") for each in keys]
        found.append(_group(names, len(ids), reading.of_people(sorted(ids)), by_now))
    return found


def _people(crew: Crew, reading: Reading, seen: frozenset[int], by_now: Mapping[str, Decimal | None]) -> list[Group]:
    return [_group([each.name], 1, reading.of_people([each.id]), by_now) for each in crew.members if each.id in seen]


_GROUPS: Mapping[str, Callable[[Crew, Reading, frozenset[int], Mapping[str, Decimal | None]], list[Group]]] = {
    "team": _teams,
    "role": _roles,
    "person": _people,
}


def _parts(members: Iterable[Member], key_of: Callable[[Member], Key]) -> dict[Key, frozenset[int]]:
    found: dict[Key, set[int]] = {}
    for each in members:
        found.setdefault(key_of(each), set()).add(each.id)
    return {key: frozenset(ids) for key, ids in found.items()}


def _size(parts: Mapping[Key, frozenset[int]], keys: Iterable[Key]) -> int:
    return sum(len(parts[each]) for each in keys)


def _group(
    names: list[str],
    people: int,
    found: Mapping[str, Measure],
    by_now: Mapping[str, Decimal | None],
    team_id: int | None = None,
) -> Group:
    name = names[0] if len(names) == 1 else _("Groups of fewer than five, together")
    parts = () if len(names) == 1 else tuple(sorted(names, key=str.casefold))
    return Group(name, people, found, verdict(found.values(), by_now), team_id, parts)


def _features(crew: Crew, reading: Reading) -> tuple[list[Feature], list[Feature]]:
    """What the people opened in the last four weeks at most: one statement."""
    until = reading.wish.window.until
    since = max(reading.wish.window.since, until - timedelta(days=rules.FEATURE_DAYS - 1))
    window = reading.wish.window.between(since, until)
    used = UsageHour.at >= window.start, UsageHour.at < window.end, UsageHour.person_id.in_(sorted(crew.ids))
    people, opened = func.count(UsageHour.person_id.distinct()), func.sum(UsageHour.count)
    by_feature = select(UsageHour.feature, people, opened).where(*used).group_by(UsageHour.feature)
    anything = select(literal(_ANYTHING), people, opened).where(*used)
    found = {row[0]: (row[1], int(row[2] or 0)) for row in db.session.execute(union_all(by_feature, anything))}
    return rules.features(found, found[_ANYTHING][0])


HEADS = (
    "Kind", "Name", "People", "Figure", "Value", "Numerator", "Denominator", "n", "Target", "By now", "State", "Rule",
)  # fmt: skip
"""The heads of the file."""


def as_rows(view: View) -> list[tuple[object, ...]]:
    """Every table of the page as one: figures of all and of each group, the steps, the cohorts and the features.

    Exactly what the page shows the same reader: the policy holds for files as it does for pages.
    """
    if not view.shown:
        return []
    everybody = Group(_("Everybody"), len(view.crew.members), view.whole, verdict(view.whole.values(), view.by_now))
    listed = [("all", everybody), *((by, each) for by in rules.BY for each in view.groups[by])]
    found = [row for by, each in listed for row in _figures_of(by, each, view.by_now)]
    found += [_step_row(each.step, each.people, each.why) for each in view.onboarding.stairs]
    for each in view.onboarding.cohorts:
        name = f"{each.first.isoformat()} to {(each.last + timedelta(days=6)).isoformat()}"
        for place, share in enumerate(each.weeks, 1):
            part = None if share.percent is None else round(share.percent / 100, 4)
            known = (share.active, share.n, share.n) if part is not None else (None, None, None)
            found.append(("cohort", name, each.people, f"week {place}", part, *known, None, None, "", ""))
    for one in [*view.used, *view.neglected]:
        found.append(("feature", one.key, one.people, "opened", round(one.share, 4), *(None,) * 5, "", ""))
    return found


def _figures_of(by: str, each: Group, by_now: Mapping[str, Decimal | None]) -> list[tuple[object, ...]]:
    name = ", ".join(each.parts) if each.parts else each.name
    return [
        (
            by, name, each.people, key, _plain(found.value), _plain(found.numerator), _plain(found.denominator),
            found.n, _plain(found.target), _plain(by_now.get(key)), found.state.value, _(found.rule),
        )
        for key, found in each.measures.items()
    ]  # fmt: skip


def _step_row(step: str, people: int | None, why: str) -> tuple[object, ...]:
    return ("step", step, people, "people", people, *(None,) * 5, "" if people is not None else "unknown", why)


def _plain(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
