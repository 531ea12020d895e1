"""Load as pages show it: the sentence, the heat map's cells, overloads in words, a day's tasks and allocations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from accounts.absences.rules import FULL
from infra import formats
from roadmap.projects.rules import monday_of
from roadmap.resources.queries import Overload, PersonLoad
from roadmap.resources.rules.load import Cause, DayLoad, Kind, Named, WeekLoad, named
from roadmap.resources.rules.weeks import Show, Window, tone

SOON = timedelta(days=14)
"""How far ahead the sentence of a page looks."""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A line of the heat map, its cells as markup, and the weeks that phones list: days, percent, address."""

    load: PersonLoad
    detail: str
    cells: Markup
    over: tuple[tuple[str, str, str], ...]
    fill_href: str = ""


@dataclass(frozen=True, slots=True)
class Because:
    """A cause in words, with its part and where it lies."""

    label: str
    project: str
    percent: int
    href: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day behind a cell."""

    day: date
    percent: int
    over: bool
    said: str
    causes: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """What lies behind a cell: the person, the week, each day."""

    load: PersonLoad
    week: WeekLoad
    days: tuple[DayRow, ...]
    close: str


@dataclass(frozen=True, slots=True)
class Address:
    """The page with its choices, so that each link changes one of them."""

    path: str
    window: Window
    show: Show = Show.ALL
    person: str = ""
    week: date | None = None

    def to(self, *, window: Window | None = None, show: Show | None = None, anchor: str = "") -> str:
        """The same page with another window or other rows."""
        return f"{self.path}?{self._query(window or self.window, show or self.show)}{anchor}"

    def _query(self, window: Window, show: Show) -> str:
        values = {"from": window.monday.isoformat(), "weeks": str(window.weeks)}
        return urlencode(values if show is Show.ALL else values | {"show": show.value})


def heat(loads: Sequence[PersonLoad], address: Address, fill: dict[int, str]) -> list[HeatRow]:
    """The rows that the address asks for; ``fill`` says where a role's placeholder is filled."""
    return [_row(load, address, fill) for load in loads if shown(load, address.show)]


def shown(load: PersonLoad, show: Show) -> bool:
    """Whether a row is among those asked for."""
    if show is Show.OVER:
        return bool(load.overloads)
    if show is Show.OUTSIDE:
        return load.outside
    return load.person_id is None if show is Show.OPEN else True


def _row(load: PersonLoad, address: Address, fill: dict[int, str]) -> HeatRow:
    base = f"{address.to()}&person={load.key}&week="
    here = address.week if address.person == load.key else None
    words = (str(escape(base)), str(escape(_("off"))), str(escape(_("worst day"))))
    cells = Markup("".join([_cell(load, week, words, current=week.monday == here) for week in load.weeks]))  # noqa: S704  # every part is escaped
    over = tuple(
        (days_words(week.monday, week.monday + 4 * _DAY), formats.percent(worse(week)), f"{base}{week.monday}#behind")
        for week in load.weeks
        if week.over
    )
    return HeatRow(load, _detail(load), cells, over, fill.get(load.role_id or 0, "") if not load.person_id else "")


_DAY = timedelta(days=1)


def worse(week: WeekLoad) -> int:
    """The figure that a list of overloads names: the week's, or its worst day's where the week itself fits."""
    return week.percent if week.percent is not None and week.percent > FULL else week.peak


def _detail(load: PersonLoad) -> str:
    if load.person_id is None:
        return _("nobody yet")
    return _("external, %(company)s", company=load.company) if load.outside and load.company else load.company


def _cell(load: PersonLoad, week: WeekLoad, words: tuple[str, str, str], *, current: bool) -> str:
    """A week of somebody as markup; in one string, because there are many."""
    base, off, worst_day = words
    percent, marks = week.percent, ' aria-current="true"' if current else ""
    if percent is None:
        name, text = ("off", off) if week.days_off else ("none", "–")
    else:
        name, text = tone(percent), str(percent)
    if week.over:
        marks += f' title="{escape(_title(load, week))}"'
        if percent is not None and percent <= FULL:
            text += f'<small><span class="vh">{worst_day} </span>▲{week.peak}</small>'
    return f'<td class="ld ld--{name}"><a href="{base}{week.monday}#behind"{marks}>{text}</a></td>'


def _title(load: PersonLoad, week: WeekLoad) -> str:
    day = formats.day(week.worst.day)
    return _("%(who)s: %(percent)s on %(day)s", who=load.name, percent=formats.percent(week.peak), day=day)


def behind(loads: Sequence[PersonLoad], address: Address, home: int | None) -> Behind | None:
    """What lies behind the cell that the address names, None where it names none; of ``home`` the name is not said."""
    load = next((each for each in loads if each.key == address.person), None)
    week = next((each for each in load.weeks if each.monday == address.week), None) if load else None
    if load is None or week is None:
        return None
    days = [day for day in load.days if monday_of(day.day) == week.monday]
    return Behind(load, week, tuple(_day(day, home) for day in days if _says(day)), address.to(anchor="#heat"))


def _says(day: DayLoad) -> bool:
    return bool(day.capacity or day.minutes or day.off)


def _day(day: DayLoad, home: int | None) -> DayRow:
    causes = tuple(_because(each.cause, each.percent, home) for each in named(day))
    hours = _("%(asked)s of %(there)s h", asked=_hours(day.minutes), there=_hours(day.capacity))
    said = _("day off") if day.off else hours
    return DayRow(day.day, round(day.percent), day.over, said, causes)


def _hours(minutes: float) -> str:
    return formats.number(round(minutes / 60, 1))


def _because(cause: Cause, percent: int, home: int | None) -> Because:
    if cause.kind is Kind.OTHER:
        return Because(_("other work"), "", percent, "")
    if cause.kind is Kind.TASK:
        href = url_for("tasks.page", project_id=cause.project_id, task_id=cause.number)
    else:
        href = url_for("resources.table", project_id=cause.project_id, _anchor=f"line-{cause.number}")
    return Because(cause.label, "" if cause.project_id == home else cause.project, percent, href)


def because(overload: Overload, home: int | None) -> list[Because]:
    """The causes of an overload with where they lie; ``home`` is the project whose name need not be said."""
    return [_because(each.cause, each.percent, home) for each in overload.causes]


def words(overload: Overload) -> str:
    """An overload in words, without the name: "137 % on 12-14 May: cleansing 80, training 57"."""
    causes = causes_words(overload.causes)
    when = days_words(overload.first, overload.last)
    if overload.day_off:
        return _("work on days off, %(when)s: %(causes)s", when=when, causes=causes)
    return _("%(percent)s on %(when)s: %(causes)s", percent=formats.percent(overload.percent), when=when, causes=causes)


def causes_words(causes: Sequence[Named]) -> str:
    """Causes with their parts; work that the reader may not see has no name, twins the name of their project."""
    counted = Counter(each.cause.label for each in causes)
    return ", ".join(
        f"{_cause_words(each.cause, twice=counted[each.cause.label] > 1)} {each.percent}" for each in causes
    )


def _cause_words(cause: Cause, *, twice: bool) -> str:
    if cause.kind is Kind.OTHER:
        return _("other work")
    return f"{cause.label} ({cause.project})" if twice and cause.project else cause.label


def days_words(first: date, last: date) -> str:
    """Some days in a few signs: "12 May", "12-14 May", "28 Apr to 2 May"."""
    if first == last:
        return formats.short_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{formats.short_day(last)}"
    return _("%(first)s to %(last)s", first=formats.short_day(first), last=formats.short_day(last))


@dataclass(frozen=True, slots=True)
class Sentence:
    """What the head of the page says: who is asked for too much, when and why, and how many others are."""

    worst: Overload | None
    said: str
    more: str


def sentence(loads: Sequence[PersonLoad], today: date) -> Sentence:
    """The answer: the worst overload of the next two weeks, else the soonest of the window, else that there is none."""
    found = [each for load in loads for each in load.overloads if each.last >= today]
    people = len({(each.person_id, each.person) for each in found})
    if not found:
        return Sentence(None, "", "")
    soon = [each for each in found if each.first <= today + SOON]
    worst = max(soon, key=lambda each: each.percent) if soon else min(found, key=lambda each: each.first)
    more = ngettext(
        "One other is asked for too much as well.", "Another %(num)s people are asked for too much as well.", people - 1
    )
    return Sentence(worst, words(worst), more if people > 1 else "")


def months(window: Window) -> list[tuple[str, int]]:
    """The months over the weeks of a heat map, each with how many Mondays it has."""
    found: list[tuple[str, int]] = []
    for monday in window.mondays:
        name = formats.month(monday)
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1] + 1)
        else:
            found.append((name, 1))
    return found


def pages(address: Address, today: date) -> dict[str, str]:
    """The ways to earlier, later and this week's quarter."""
    return {
        "earlier": address.to(window=address.window.moved(-1)),
        "later": address.to(window=address.window.moved(1)),
        "today": address.to(window=Window(monday_of(today), address.window.weeks)),
    }


HEADS = (
    "Person",
    "Company",
    "External",
    "Week",
    "Load %",
    "Hours asked",
    "Hours there",
    "Days off",
    "Worst day",
    "Worst day %",
    "Because",
)


def exported(loads: Sequence[PersonLoad]) -> list[list[object]]:
    """The heat map as rows of a file, one for each person and week."""
    return [_exported(load, week) for load in loads for week in load.weeks]


def _exported(load: PersonLoad, week: WeekLoad) -> list[object]:
    worst = week.worst
    who = load.name if load.person_id else _("%(role)s (nobody yet)", role=load.name)
    return [
        who,
        load.company,
        _("yes") if load.outside else _("no"),
        week.monday,
        week.percent,
        round(week.minutes / 60, 2),
        round(week.capacity / 60, 2),
        week.days_off,
        worst.day if worst.minutes else None,
        week.peak if worst.minutes else None,
        causes_words(named(worst)),
    ]
