"""The order of a day: what waits longest comes first, whether it has a moment or only a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from crm.home.rules import in_order


@dataclass(frozen=True)
class Call:
    at: datetime | None


@dataclass(frozen=True)
class Step:
    on: date


def test_a_day_counts_from_its_beginning_where_the_reader_is():
    evening, morning = Call(datetime(2026, 5, 4, 21, 30, tzinfo=UTC)), Call(datetime(2026, 5, 4, 22, 30, tzinfo=UTC))
    fifth = Step(date(2026, 5, 5))
    assert in_order([evening, morning], [fifth], ZoneInfo("Europe/Oslo")) == [evening, fifth, morning]
    assert in_order([evening, morning], [fifth], UTC) == [evening, morning, fifth]


def test_what_has_no_moment_comes_last_and_equals_keep_their_order():
    never, first, second = Call(None), Step(date(2026, 5, 5)), Step(date(2026, 5, 5))
    found = in_order([never], [first, second], UTC)
    assert found[0] is first
    assert found[1] is second
    assert found[2] is never
