"""What evidence makes of a criterion: pass, warn, fail, unknown or waived, and how much of it is attained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from readiness.gates.rules.definitions import YES_NO, Comparator, Criterion


class Result(StrEnum):
    """How a criterion stands."""

    PASS = "pass"  # noqa: S105  # a word, not a secret
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    WAIVED = "waived"


class Unknown(StrEnum):
    """Why a criterion is unknown."""

    NO_VALUE = "no value"
    FEW = "few"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Offender:
    """A record that stands against a criterion: its name and where it can be opened."""

    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a source says: a value in the criterion's unit (None is unknown, ``why`` says why), from ``n`` things.

    ``at`` is the moment that the value speaks of, ``version`` names what was read (a run, a rule), ``since`` and
    ``until`` the days it covers, ``offenders`` what stands against it (some of ``offending`` in all). ``href`` is
    where the records are. ``declared`` marks a signed statement: it was said, not measured.
    """

    value: float | None = None
    n: int | None = None
    at: datetime | None = None
    why: str = ""
    version: str = ""
    since: date | None = None
    until: date | None = None
    offenders: Sequence[Offender] = ()
    offending: int = 0
    href: str = ""
    rule: str = ""
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Waiver:
    """Somebody who decides about a criterion lets it pass for a while, with a reason; it stands through ``until``."""

    id: int
    criterion_id: int
    reason: str
    until: date
    given_by: str = ""
    given_by_id: int | None = None
    asked_by: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion with what became of it. ``attained`` is 0 to 1, None where it is not counted.

    ``measured`` is what it would be without its waiver; ``unknown`` says why where nothing is known.
    """

    criterion: Criterion
    evidence: Evidence
    result: Result
    measured: Result
    attained: float | None
    unknown: Unknown | None = None
    waiver: Waiver | None = None

    @property
    def counted(self) -> bool:
        """Whether it enters the score."""
        return self.attained is not None

    @property
    def open(self) -> bool:
        """Whether anything is left to do for a pass."""
        return self.result is not Result.PASS


def judge(criterion: Criterion, evidence: Evidence, now: datetime, waiver: Waiver | None = None) -> Line:
    """Hold evidence against a criterion, and a waiver that stands beside it.

    >>> from readiness.gates.rules.definitions import Category
    >>> asked = Criterion(1, 1, "fields", "Required fields", Category.DATA, "kpi", threshold=95, unit="%")
    >>> now = datetime(2026, 2, 18)
    >>> [judge(asked, Evidence(value, n=100, at=now), now).result.value for value in (94, 95)]
    ['fail', 'pass']
    """
    why = _unknown(criterion, evidence, now)
    measured = Result.UNKNOWN if why else _compared(criterion, evidence.value or 0.0)
    attained = None if why else attainment(criterion, evidence.value or 0.0)
    if waiver is None or measured is Result.PASS:
        return Line(criterion, evidence, measured, measured, attained, why)
    return Line(criterion, evidence, Result.WAIVED, measured, attained or 0.0, why, waiver)


def _unknown(criterion: Criterion, evidence: Evidence, now: datetime) -> Unknown | None:
    if evidence.value is None:
        return Unknown.NO_VALUE
    if (evidence.n or 0) < criterion.minimum_sample:
        return Unknown.FEW
    return Unknown.STALE if is_stale(criterion, evidence, now) else None


def is_stale(criterion: Criterion, evidence: Evidence, now: datetime) -> bool:
    """Whether evidence is older than the criterion allows; evidence without a time is as old as it can be."""
    if criterion.freshness_days is None:
        return False
    return evidence.at is None or now - evidence.at > timedelta(days=criterion.freshness_days)


def passes(criterion: Criterion, value: float) -> bool:
    """Whether a value reaches the threshold."""
    if criterion.comparator is Comparator.AT_LEAST:
        return value >= criterion.threshold
    if criterion.comparator is Comparator.AT_MOST:
        return value <= criterion.threshold
    return value == criterion.threshold


def _compared(criterion: Criterion, value: float) -> Result:
    if not passes(criterion, value):
        return Result.FAIL
    slack = abs(value - criterion.threshold)
    near = criterion.comparator is not Comparator.EQUAL and criterion.unit != YES_NO and slack < criterion.margin
    return Result.WARN if near else Result.PASS


def attainment(criterion: Criterion, value: float) -> float:
    """How much of a criterion is reached, 0 to 1: value over threshold for "at least", threshold over value for
    "at most", all or nothing for yes and no.

    >>> from readiness.gates.rules.definitions import Category
    >>> few = Criterion(1, 1, "", "", Category.DATA, "", comparator=Comparator.AT_MOST, threshold=2, unit="defects")
    >>> [attainment(few, value) for value in (0, 2, 8)]
    [1.0, 1.0, 0.25]
    """
    if passes(criterion, value):
        return 1.0
    if criterion.unit == YES_NO or criterion.comparator is Comparator.EQUAL:
        return 0.0
    top, bottom = value, criterion.threshold
    if criterion.comparator is Comparator.AT_MOST:
        top, bottom = bottom, top
    return min(1.0, max(0.0, top / bottom)) if bottom > 0 else 0.0
