"""What changed since a baseline, in words and as a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from infra.lists import Column, Format, ListSpec
from infra.lists import Kind as Filter
from roadmap.baselines.rules.variance import Change, Variance
from roadmap.costs.rules.amounts import digits_of
from roadmap.standing import charts as standing

DAY = 480
"""Minutes of a person-day."""


def change_words() -> dict[str, str]:
    """What became of a task, in a word."""
    return {
        Change.NEW.value: _("new"),
        Change.GONE.value: _("gone"),
        Change.CHANGED.value: _("changed"),
        Change.SAME.value: _("the same"),
    }


def sentence(rows: Sequence[Variance], before: str, after: str) -> str:
    """How two plans differ, in one sentence."""
    leaves = [each for each in rows if each.type != "summary"]
    counted = {kind: sum(each.change is kind for each in leaves) for kind in Change}
    first = max((each.before.finish for each in leaves if each.before), default=None)
    last = max((each.after.finish for each in leaves if each.after), default=None)
    if all(each.change is Change.SAME for each in leaves):
        return _("%(after)s is as %(before)s was.", after=after, before=before)
    parts = [
        ngettext("%(num)d task changed", "%(num)d tasks changed", counted[Change.CHANGED]),
        _("%(n)s new", n=standing.count_words(counted[Change.NEW])),
        _("%(n)s gone", n=standing.count_words(counted[Change.GONE])),
    ]
    if first is not None and last is not None:
        parts.append(_("it ends %(slip)s", slip=_later((last.date() - first.date()).days)))
    return _("From %(before)s to %(after)s", before=before, after=after) + ": " + ", ".join(parts) + "."


def _later(days: int) -> str:
    if days == 0:
        return _("on the same day")
    words = standing.day_words(abs(days))
    return _("%(days)s later", days=words) if days > 0 else _("%(days)s earlier", days=words)


def variance_list(currency: str, phases: Sequence[str], *, money: bool) -> ListSpec:
    """The columns of a comparison; those of money only for whoever may see it."""
    unit = 10 ** digits_of(currency)
    kinds = [("task", _("task")), ("milestone", _("milestone")), ("summary", _("summary"))]
    changes = list(change_words().items())
    columns = (
        Column("wbs", "WBS", value=lambda row: row.wbs),
        Column("name", "Task", Filter.TEXT, searched=True),
        Column("type", "Kind", Filter.CHOICE, choices=kinds, visible=False),
        Column("phase", "Phase", Filter.CHOICE, choices=[(each, each) for each in phases], visible=False),
        Column("change", "Change", Filter.CHOICE, value=lambda row: row.change.value, choices=changes),
        _side("before", "start", "Start then"),
        _side("after", "start", "Start"),
        Column("start_days", "Start, days later", Filter.NUMBER, numeric=True),
        _side("before", "finish", "Finish then"),
        _side("after", "finish", "Finish"),
        Column("finish_days", "Finish, days later", Filter.NUMBER, numeric=True),
        Column("duration", "Duration, days more", Filter.NUMBER, value=_days("duration_minutes"), numeric=True),
        Column("work", "Work, days more", Filter.NUMBER, value=_days("work_minutes"), numeric=True),
    )
    cost = Column(
        "cost",
        "Cost, more",
        Filter.NUMBER,
        value=lambda row: None if row.cost_cents is None else row.cost_cents / unit,
        numeric=True,
    )
    query = "&".join(f"change={each.value}" for each in (Change.NEW, Change.GONE, Change.CHANGED))
    return ListSpec(
        key="variance", title="Variance", columns=(*columns, *([cost] if money else [])), default_query=query
    )


def _side(side: str, name: str, label: str) -> Column:
    def value(row: Variance) -> object:
        found = getattr(row, side)
        return None if found is None else getattr(found, name).date()

    return Column(f"{side}_{name}", label, Filter.DATE, value=value, format=Format.DAY, visible=name == "finish")


def _days(name: str) -> Callable[[Variance], float | None]:
    def value(row: Variance) -> float | None:
        found = getattr(row, name)
        return None if found is None else round(found / DAY, 2)

    return value
