"""Reading measurements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from infra.database import db
from infra.measure import rules
from infra.measure.models import FailedAnswer, Measurement
from infra.measure.rules import Failure, Kept, Step, Tally, Window


@dataclass(frozen=True, slots=True)
class PageRow:
    """How one page fared; times in milliseconds."""

    endpoint: str
    answered: int
    failed: int
    median: float | None
    p95: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class Fared:
    """How the application fared in a window: all pages together, the line over time, page by page, and what failed."""

    window: Window
    tally: Tally
    steps: Sequence[Step]
    pages: Sequence[PageRow]
    in_service: float | None
    failures: Sequence[Failure]


def fared(now: datetime, window: Window) -> Fared:
    """The measurements of a window up to now, from three statements."""
    kept = _kept(now - window.length)
    tallies: dict[str, list[Tally]] = defaultdict(list)
    for each in kept:
        if each.endpoint:
            tallies[each.endpoint].append(each.tally)
    pages = [_page(endpoint, rules.total(found)) for endpoint, found in tallies.items()]
    first = db.session.scalar(select(func.min(Measurement.at)))
    return Fared(
        window=window,
        tally=rules.total(each.tally for each in kept),
        steps=rules.steps(kept, now, window),
        pages=sorted(pages, key=lambda row: (-(row.p95 or 0), row.endpoint)),
        in_service=rules.in_service([each for each in kept if not each.endpoint], now, window, first),
        failures=failures(now - window.length),
    )


def tally_since(since: datetime) -> tuple[Tally, datetime | None]:
    """All answers of all pages since a moment, and the minute or hour in which the last of them was: one statement."""
    kept = [each for each in _kept(since) if each.endpoint]
    return rules.total(each.tally for each in kept), max((each.at for each in kept), default=None)


def failures(since: datetime, limit: int = 50) -> list[Failure]:
    """What failed since a moment, the latest first."""
    query = select(FailedAnswer).where(FailedAnswer.at >= since).order_by(FailedAnswer.id.desc()).limit(limit)
    return [Failure(row.at, row.method, row.path, row.status, row.request_id) for row in db.session.scalars(query)]


def _kept(since: datetime) -> list[Kept]:
    query = select(
        Measurement.at, Measurement.endpoint, Measurement.counts, Measurement.failed, Measurement.total_ms,
        Measurement.minutes,
    ).where(Measurement.at >= since)  # fmt: skip
    return [Kept(row[0], row[1], Tally(tuple(row[2]), row[3], row[4]), row[5]) for row in db.session.execute(query)]


def _page(endpoint: str, tally: Tally) -> PageRow:
    mean = tally.total_ms / tally.answered if tally.answered else None
    return PageRow(endpoint, tally.answered, tally.failed, tally.quantile(0.5), tally.quantile(0.95), mean)
