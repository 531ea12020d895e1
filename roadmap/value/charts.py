"""Value in words, in lines, and as lists: the sentence, the S-curve, the trend of milestones, the indices over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext as _

from infra import formats
from infra.lists import Column, ListSpec
from infra.lists import Kind as Filter
from roadmap.costs import charts as money
from roadmap.standing.rules.curve import DAY
from roadmap.value.queries import Kept, Value
from roadmap.value.rules import Line, Measure, Told

LEFT, RIGHT, TOP, BOTTOM = 52, 84, 14, 24
LETTER = 6.4


class Size(NamedTuple):
    """Pixels of a drawing, and how many of them are for the names right of the lines."""

    width: int
    height: int
    room: int = RIGHT


WIDE, HALF, FULL, NARROW = Size(740, 250), Size(530, 230), Size(1120, 280, 230), Size(340, 230)
STEPS = 4
NEAR = 13.0
"""Notes that stand closer than this many pixels would run into each other."""
MOST_MILESTONES = 7
Drawing = dict[str, Any]
Write = Callable[[float], str]
Note = tuple[float, float, str, str, str]


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its kind in the legend, its name at the end, and its points, in order."""

    kind: str
    name: str
    points: Sequence[tuple[date, float]]


def amount(found: Value, value: float | None) -> str:
    """An amount as the page writes it: whole units of the currency, or person-days with one digit."""
    if value is None:
        return _("n/a")
    if found.measure is Measure.MONEY:
        return money.money(value, found.currency)
    return formats.number(round(value / found.unit, 1))


def unit_words(found: Value) -> str:
    """What the amounts count in."""
    return found.currency or _("person-days")


def index(value: float | None) -> str:
    """An index with two digits; where it can't be told, that."""
    return _("n/a") if value is None else formats.number(round(value, 2))


def weeks(value: float | None) -> str:
    """A number of weeks with one digit."""
    return _("n/a") if value is None else formats.number(round(value, 1))


def sentence(found: Value) -> str:
    """What its reader came for, in one sentence."""
    earned = found.total.earned
    if earned.bac <= 0:
        return _("There is no work to measure yet.")
    first = _(
        "Earned %(ev)s of %(pv)s planned %(unit)s by now",
        ev=amount(found, earned.ev),
        pv=amount(found, earned.pv),
        unit=unit_words(found),
    )
    return "; ".join([first, _in_time(found), *([_in_money(found)] if earned.eac is not None else [])]) + "."


def _in_time(found: Value) -> str:
    time = found.total.time
    if time.over:
        return _("all planned work is done")
    if time.spi is None or time.behind is None:
        return _("earned schedule is n/a")
    words = {"n": weeks(abs(time.behind)), "index": index(time.spi)}
    if round(abs(time.behind), 1) == 0:
        return _("on its plan by earned schedule (SPI(t) %(index)s)", **words)
    if time.behind > 0:
        return _("%(n)s weeks behind by earned schedule (SPI(t) %(index)s)", **words)
    return _("%(n)s weeks ahead by earned schedule (SPI(t) %(index)s)", **words)


def _in_money(found: Value) -> str:
    earned = found.total.earned
    said = {"eac": amount(found, earned.eac), "bac": amount(found, earned.bac), "unit": unit_words(found)}
    return _("at this pace it takes %(eac)s %(unit)s, planned were %(bac)s", **said)


def against(found: Value) -> str:
    """What is measured against."""
    if found.baseline is None:
        return _("Measured against the plan as it stands: no baseline was taken yet, and re-planning moves it along.")
    return _(
        "Measured against “%(name)s”, taken %(day)s.", name=found.baseline.name, day=formats.day(found.baseline.day)
    )


def s_curve(found: Value) -> list[Drawing]:
    """Planned and earned value and cost, with where they lead; once for wide pages, once for phones."""
    at, total = found.as_of, found.total.earned
    points = found.points
    lines = [
        Series("scope", _("BAC %(n)s", n=amount(found, total.bac)), [(each.day, total.bac) for each in points]),
        Series("plan", _("PV"), [(each.day, each.pv) for each in points]),
        Series("s2 ahead", "", [(each.day, each.ac_ahead) for each in points if each.ac_ahead is not None]),
        Series("s1 ahead", "", [(each.day, each.ev_ahead) for each in points if each.ev_ahead is not None]),
        Series("s2", _("AC"), [(each.day, each.ac) for each in points if each.ac is not None]),
        Series("s1", _("EV"), [(each.day, each.ev) for each in points if each.ev is not None]),
    ]
    label = _("Planned value, earned value and actual cost by week, in %(unit)s", unit=unit_words(found))
    return drawn(lines, lambda value: amount(found, value), label, step=found.unit, now=at)


def scope_on(scopes: Sequence[tuple[date, int]], now: int, today: date, day: date) -> float:
    """All the work there was on a day: that of the baseline taken last by then, of today and later that of the plan."""
    if day >= today or not scopes:
        return now
    return next((work for since, work in reversed(scopes) if since <= day), scopes[0][1])


def burn_up(found: Value, scope: Callable[[date], float]) -> list[Drawing]:
    """Work planned and done, of all there is, in person-days; ``scope`` says how much that was on a day."""
    done = [(each.day, each.ev) for each in found.points if each.ev is not None]
    lines = [
        Series("scope", _("Scope"), [(each.day, scope(each.day)) for each in found.points]),
        Series("plan", _("Planned"), [(each.day, each.pv) for each in found.points]),
        Series("s1", _("Done"), done),
    ]
    label = _("Person-days planned and done by week")
    return drawn(lines, lambda value: amount(found, value), label, step=found.unit, now=found.as_of, wide=HALF)


def curve_rows(found: Value) -> list[list[str]]:
    """The figures behind the S-curve."""
    return [
        [
            formats.day(each.day),
            *(
                "" if value is None else amount(found, value)
                for value in (each.pv, each.ev, each.ac, each.ev_ahead, each.ac_ahead)
            ),
        ]
        for each in found.points
    ]


def burn_up_rows(found: Value, scope: Callable[[date], float]) -> list[list[str]]:
    """The figures behind the burn-up."""
    return [
        [row[0], amount(found, scope(each.day)), *row[1:]]
        for each, row in zip(found.points, curve_rows(found), strict=True)
    ]


def told_words(found: Value) -> str:
    """How the progress of the day is known; empty for that of now."""
    return {
        Told.CURRENT: "",
        Told.REPORTED: _("Progress is what had been reported by the end of that day."),
        Told.RECONSTRUCTED: _(
            "The tasks came into this system after that day: what was done by then is put together from when it began."
        ),
        Told.MIXED: _(
            "Progress is what had been reported by the end of that day; of tasks that came into this system later it "
            "is put together from when they began."
        ),
    }[found.told]


def kept_words(found: Value, kept: Sequence[Kept]) -> str:
    """What was kept in the night after the day, where that was told in the same currency; else nothing."""
    row = next((each for each in kept if each.day == found.as_of and each.currency == found.currency), None)
    if row is None or found.told is Told.CURRENT:
        return ""
    said = {name: amount(found, getattr(row, name)) for name in ("pv", "ev", "ac")}
    return _("Kept in the night after it: PV %(pv)s, EV %(ev)s, AC %(ac)s.", **said)


def trend(found: Sequence[Kept], taken: Sequence[tuple[date, Mapping[int, date]]], now: Mapping[int, tuple[str, date]],
          today: date) -> tuple[list[Drawing], list[list[str]], list[str]]:  # fmt: skip
    """When each milestone was expected, by the day on which that was asked: drawings, and the same as a table.

    Days come from what was kept and from baselines; the milestones of now are followed.
    """
    known: dict[date, Mapping[int, date]] = dict(taken)
    known |= {each.day: each.milestones for each in found}
    known[today] = {id: day for id, (_name, day) in now.items()}
    asked = sorted(known)
    chosen = sorted(now, key=lambda number: now[number][1])[-MOST_MILESTONES:]
    lines = [
        Series(
            "s1" if place == len(chosen) - 1 else "s2",
            now[id][0],
            [(day, float(known[day][id].toordinal())) for day in asked if id in known[day]],
        )
        for place, id in enumerate(chosen)
    ]
    heads = [_("Asked on"), *(now[id][0] for id in chosen)]
    rows = [[formats.day(day), *(_day(known[day].get(id)) for id in chosen)] for day in asked]
    if len(asked) < len("ab") or not chosen:
        return [], rows, heads
    label = _("The day of each milestone as it was expected on the days that were kept")
    drawings = drawn(lines, _short_day, label, days=True, wide=FULL)
    return drawings, rows, heads


def _short_day(value: float) -> str:
    return formats.short_day(date.fromordinal(round(value)))


def _day(day: date | None) -> str:
    return "" if day is None else formats.day(day)


def over_time(days: Sequence[Kept]) -> tuple[list[Drawing], list[list[str]]]:
    """SPI(t) and CPI by week as they were known then: drawings, and the same as a table."""
    spi = [(each.day, each.spi_t) for each in days if each.spi_t is not None]
    cpi = [(each.day, each.ev / each.ac) for each in days if each.ac]
    rows = [
        [formats.day(each.day), index(each.spi_t), index(each.ev / each.pv if each.pv else None),
         index(each.ev / each.ac if each.ac else None)]
        for each in days
    ]  # fmt: skip
    if len(spi) < len("ab"):
        return [], rows
    lines = [
        Series("plan", "", [(spi[0][0], 1.0), (spi[-1][0], 1.0)]),
        Series("s2", _("CPI"), cpi),
        Series("s1", _("SPI(t)"), spi),
    ]
    return drawn(lines, index, _("SPI(t) and CPI by week"), step=0.25, wide=HALF), rows


def drawn(lines: Sequence[Series], write: Write, label: str, *, wide: Size = WIDE, **how: Any) -> list[Drawing]:
    """Lines over days, once for wide pages and once for phones."""
    wanted = [each for each in lines if each.points]
    sizes = ((wide, "only-wide"), (NARROW, "only-narrow"))
    return [_drawn(wanted, write, label, size, cls, **how) for size, cls in sizes]


def _drawn(  # what a drawing needs
    lines: Sequence[Series],
    write: Write,
    label: str,
    size: Size,
    cls: str,
    *,
    step: float = 1.0,
    now: date | None = None,
    days: bool = False,
) -> Drawing:
    width, height, room = size
    right, base = width - room, height - BOTTOM
    every = [day for each in lines for day, _value in each.points]
    first, last = min(every), max(every)
    low, high, grid = _scale([value for each in lines for _day, value in each.points], step, days=days)

    def at(day: date) -> float:
        return round(LEFT + (right - LEFT) * (day - first) / max(last - first, DAY), 1)

    def up(value: float) -> float:
        return round(base - (base - TOP) * (value - low) / (high - low), 1)

    ends = [(each, at(each.points[-1][0]), up(each.points[-1][1])) for each in lines if each.name]
    return {
        "width": width,
        "height": height,
        "label": label,
        "cls": cls,
        "left": LEFT,
        "right": right,
        "grid": [(up(value), write(value)) for value in reversed(grid)],
        "axis": [(at(day), formats.short_day(day)) for day in _ticks(first, last, 5 if width > NARROW.width else 3)],
        "lines": [(each.kind, [(at(day), up(value)) for day, value in each.points]) for each in lines],
        "marks": [(f"pt--end {each.kind}", x, y) for each, x, y in ends if each.kind in ("s1", "s2")],
        "notes": _notes(ends, right, int(room / LETTER)),
        "now": at(now) if now is not None and first <= now <= last else None,
        "target": None,
    }


def _notes(ends: Sequence[tuple[Series, float, float]], right: float, letters: int) -> list[Note]:
    """The names beside the ends of lines, moved apart where they would stand on each other."""
    found, before, above = [], -NEAR, False
    for each, x, y in sorted(ends, key=lambda end: (end[1] < right - NEAR, end[2])):
        inside = x < right - NEAR
        place = (y + 16 if above else y - 8) if inside else max(y + 4, before + NEAR)
        before, above = (before, True) if inside else (place, above)
        name = each.name if len(each.name) <= letters else each.name[: letters - 2] + "…"
        found.append(
            (x if inside else x + 6, place, name, "end" if inside else "start", "lab" if "s1" in each.kind else "lab2")
        )
    return found


def _scale(values: Sequence[float], step: float, *, days: bool) -> tuple[float, float, list[float]]:
    """The lowest and the highest value of the grid and its lines, at round distances."""
    low, high = (min(values), max(values)) if days else (0.0, max(*values, step))
    size = next(each for each in _round(7.0 if days else step) if (high - low) <= each * STEPS)
    start = low - low % size if not days else low
    return start, start + size * STEPS, [start + size * number for number in range(STEPS + 1)]


def _round(step: float) -> Sequence[float]:
    return [step * size * 10**power for power in range(12) for size in (1, 2, 3, 4, 5, 6, 8)]


def _ticks(first: date, last: date, most: int) -> list[date]:
    span = (last - first).days
    return sorted({first + DAY * round(span * number / (most - 1)) for number in range(most)})


def line_list(found: Value, phases: Sequence[tuple[str, str]], key: str) -> ListSpec:
    """The lines by task as a list, or by phase as a file, in whole units."""
    unit = found.unit
    states = [("new", _("new")), ("gone", _("gone"))]
    labels = {name: name.upper() for name in ("bac", "pv", "ev", "ac", "sv", "cv", "eac", "etc", "vac")}
    named = (
        Column("wbs", "WBS", value=lambda row: row.wbs),
        Column("name", "Task", Filter.TEXT, searched=True),
        Column(
            "phase",
            "Phase",
            Filter.CHOICE,
            value=lambda row: dict(phases).get(str(row.phase_id or ""), ""),
            filter_value=lambda row: str(row.phase_id or ""),
            choices=[each for each in phases if each[0]],
        ),
        Column("state", "Since the baseline", Filter.CHOICE, choices=states),
        Column("percent", "Progress", Filter.NUMBER, value=lambda row: round(row.percent or 0), numeric=True),
    )
    amounts = tuple(
        Column(name, label, Filter.NUMBER, value=_whole(name, unit), numeric=True, visible=name not in ("etc", "vac"))
        for name, label in labels.items()
    )
    indices = tuple(
        Column(name, label, Filter.NUMBER, value=_index(name), numeric=True)
        for name, label in (("spi", "SPI"), ("cpi", "CPI"), ("tcpi", "TCPI"))
    )
    weeks_ = Column("spi_t", "SPI(t)", Filter.NUMBER, value=lambda row: _rounded(row.time.spi), numeric=True)
    head = named if key == "value_tasks" else (Column("name", "Phase", sortable=False),)
    return ListSpec(key=key, title="Value", columns=(*head, *amounts, *indices, weeks_))


def _whole(name: str, unit: int) -> Callable[[Line], float | None]:
    def value(line: Line) -> float | None:
        found = getattr(line.earned, name)
        return None if found is None else round(found / unit, 2)

    return value


def _index(name: str) -> Callable[[Line], float | None]:
    return lambda line: _rounded(getattr(line.earned, name))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
