"""What a report asks: an object, which of its records, how they are told apart, and what is counted. Checked here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from crm.counts.rules.periods import PERIODS
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field, Kind, Mark
from crm.reporting.rules.steps import STEPS
from kernel.errors import RuleBroken

LONGEST_QUERY = 2000
MOST_COLUMNS = 20


class Measure(StrEnum):
    """What is said of a group."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    LEAST = "least"
    MOST = "most"


class Chart(StrEnum):
    """How groups are drawn."""

    BARS = "bars"
    LINE = "line"
    NONE = "none"


MEASURES: Mapping[Measure, str] = {
    Measure.COUNT: "How many there are",
    Measure.SUM: "Sum of",
    Measure.MEAN: "Mean of",
    Measure.LEAST: "Smallest",
    Measure.MOST: "Largest",
}
CHARTS: Mapping[Chart, str] = {
    Chart.BARS: "Bars, the largest first",
    Chart.LINE: "A line over time",
    Chart.NONE: "None",
}
DAYS = frozenset({Kind.DATE, Kind.MOMENT})
GROUPED = DAYS | {
    Kind.TEXT,
    Kind.CHOICE,
    Kind.FLAG,
    Kind.PERSON,
    Kind.TEAM,
    Kind.RECORD,
    Kind.COUNTRY,
    Kind.CURRENCY,
}
MEASURED = frozenset({Kind.NUMBER, Kind.DECIMAL, Kind.PERCENT, Kind.MONEY})


@dataclass(frozen=True, slots=True)
class Group:
    """A field by which records are told apart; ``step``: a day or a moment by stretches of this length."""

    field: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A report. ``filters`` is the query string of the object's list; ``period`` a period's key, of ``period_field``.

    ``columns`` are those of the records that are listed below the groups; none: only groups.
    """

    object: str
    groups: tuple[Group, ...] = ()
    measure: Measure = Measure.COUNT
    measured: str = ""
    filters: str = ""
    period_field: str = ""
    period: str = ""
    columns: tuple[str, ...] = ()
    chart: Chart = Chart.BARS

    @property
    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def subject(self) -> ObjectType:
        """The object whose records it is about. Raises RuleBroken."""
        if self.object not in OBJECTS:
            raise RuleBroken("reports.object", "Choose what the report is about.", field="object")
        return OBJECTS[self.object]

    @property
    def fields(self) -> tuple[str, ...]:
        """The keys of the fields that groups, measure and period ask for."""
        found = [*(each.field for each in self.groups), self.measured, self.period_field if self.period else ""]
        return tuple(dict.fromkeys(each for each in found if each))


def uses(asked: Definition, key: str) -> bool:
    """Whether a report asks for a field anywhere: in groups, measure, period, columns or conditions.

    >>> asked = Definition("lead", (Group("source"),), filters="region=nordics&created_at_from=2026-01-01")
    >>> [uses(asked, key) for key in ("source", "region", "created_at", "rating")]
    [True, True, True, False]
    """
    named = {name for name, _value in parse_qsl(asked.filters, keep_blank_values=True)}
    ends = {f"{key}_{end}" for end in ("from", "to", "min", "max")} | {key}
    return key in asked.fields or key in asked.columns or bool(named & ends)


def read(document: Mapping[str, Any]) -> Definition:
    """A report as it was kept. Raises RuleBroken for one that nobody can read any more.

    >>> read(Definition("lead", (Group("source"),)).document).groups
    (Group(field='source', step=''),)
    """
    try:
        return Definition(
            str(document["object"]),
            tuple(Group(str(each["field"]), str(each.get("step", ""))) for each in document.get("groups", ())),
            Measure(document.get("measure", Measure.COUNT)),
            str(document.get("measured", "")),
            str(document.get("filters", "")),
            str(document.get("period_field", "")),
            str(document.get("period", "")),
            tuple(str(each) for each in document.get("columns", ())),
            Chart(document.get("chart", Chart.BARS)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RuleBroken("reports.broken", "What this report asks can't be read any more. Build it anew.") from error


def check(asked: Definition) -> None:
    """Refuse what makes no report, and say what would. Raises RuleBroken with the field of the form."""
    subject = asked.subject
    if not asked.groups and not asked.columns:
        raise RuleBroken(
            "reports.nothing",
            "Choose by what the records are told apart, or the columns to list, or both.",
            field="first",
        )
    for place, each in zip(("first", "second"), asked.groups, strict=False):
        _check_group(subject, each, place)
    _check_groups(asked.groups)
    _check_measure(subject, asked)
    _check_period(subject, asked)
    _check_chart(subject, asked)
    _check_columns(subject, asked)


def groupable(subject: ObjectType) -> list[Field]:
    """The fields by which records may be told apart: none that says who somebody is."""
    return [each for each in subject.fields if each.kind in GROUPED and each.mark is Mark.NONE]


def measurable(subject: ObjectType) -> list[Field]:
    """The fields that can be added up."""
    return [each for each in subject.fields if each.kind in MEASURED and each.mark is not Mark.SENSITIVE]


def dated(subject: ObjectType) -> list[Field]:
    """The fields that say when."""
    return [each for each in subject.fields if each.kind in DAYS and each.mark is Mark.NONE]


def _named(subject: ObjectType, key: str, place: str) -> Field:
    found = next((each for each in subject.fields if each.key == key), None)
    if found is None:
        raise RuleBroken(
            "reports.gone",
            "The field “%(key)s” of %(object)s is not there any more. Choose another.",
            field=place,
            key=key[:60],
            object=subject.label_plural.lower(),
        )
    return found


def _check_group(subject: ObjectType, group: Group, place: str) -> None:
    field = _named(subject, group.field, place)
    if field.mark is not Mark.NONE:
        raise RuleBroken(
            "reports.personal",
            "“%(label)s” is about single people, so it makes no groups. Show it as a column instead.",
            field=place,
            label=field.label,
        )
    if field.kind not in GROUPED:
        raise RuleBroken(
            "reports.group",
            "Records can't be told apart by “%(label)s”. Choose a choice, a person, a team, a link or a day.",
            field=place,
            label=field.label,
        )
    if field.kind in DAYS and group.step not in STEPS:
        raise RuleBroken(
            "reports.step",
            "Say whether by day, week, month, quarter or year.",
            field=f"{place}_step",
            label=field.label,
        )


def _check_groups(groups: Sequence[Group]) -> None:
    if len(groups) > 2:  # a table has rows and columns
        raise RuleBroken("reports.groups", "Records are told apart by two fields at most.", field="second")
    if len({(each.field, each.step) for each in groups}) < len(groups):
        raise RuleBroken("reports.twice", "Both groups are the same. Choose another, or leave one out.", field="second")


def _check_measure(subject: ObjectType, asked: Definition) -> None:
    if asked.measure is Measure.COUNT:
        return
    if not asked.measured:
        raise RuleBroken("reports.measured", "Say of which field.", field="measured")
    field = _named(subject, asked.measured, "measured")
    if field not in measurable(subject):
        raise RuleBroken(
            "reports.number",
            "“%(label)s” holds no numbers, so it can't be added up. Choose a number or an amount.",
            field="measured",
            label=field.label,
        )


def _check_period(subject: ObjectType, asked: Definition) -> None:
    if not asked.period:
        return
    if asked.period not in PERIODS:
        raise RuleBroken("reports.period", "Choose a period from the list.", field="period")
    if not asked.period_field:
        raise RuleBroken("reports.period_field", "Say which day has to lie in the period.", field="period_field")
    if _named(subject, asked.period_field, "period_field") not in dated(subject):
        raise RuleBroken("reports.period_field", "Choose a field that holds a day.", field="period_field")


def _check_chart(subject: ObjectType, asked: Definition) -> None:
    if asked.chart is Chart.LINE and not (asked.groups and subject.field(asked.groups[0].field).kind in DAYS):
        raise RuleBroken(
            "reports.line", "A line needs days: let the first group be a day, or choose bars.", field="chart"
        )


def _check_columns(subject: ObjectType, asked: Definition) -> None:
    if len(asked.columns) > MOST_COLUMNS:
        raise RuleBroken(
            "reports.columns", "At most %(most)d columns fit. Take some away.", field="columns", most=MOST_COLUMNS
        )
    for each in asked.columns:
        _named(subject, each, "columns")
    if len(asked.filters) > LONGEST_QUERY:
        raise RuleBroken("reports.filters", "That is more conditions than can be kept.", field="filters")
