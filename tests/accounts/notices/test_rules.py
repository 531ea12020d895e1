from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.notices.rules import KINDS, Rhythm, filled, last_turn, words

MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.mark.parametrize("kind", KINDS)
def test_every_sentence_can_be_filled_from_nothing_and_from_anything(kind):
    for count in (1, 3):
        said = filled(words(kind, {"count": count}), "", "Cleanse 100 % <b>", {"count": count})
        assert "%(" not in said
    assert filled(words(kind, {}), "Maren", "X", {"text": "%s %(evil)s"})


def test_a_kind_that_is_no_longer_known_is_shown_by_its_label():
    assert filled(words("gone", {}), "Maren", "Cleanse", {}) == "Cleanse"


@given(MOMENTS, st.sampled_from([Rhythm.DAILY, Rhythm.WEEKLY]), st.integers(0, 23))
def test_the_last_turn_is_past_and_no_further_than_a_period(now, rhythm, hour):
    turn = last_turn(rhythm, hour, now, BRUSSELS)
    period = timedelta(days=1 if rhythm is Rhythm.DAILY else 7)
    assert turn <= now < turn + period + timedelta(hours=2)
    local = turn.astimezone(BRUSSELS)
    assert rhythm is Rhythm.DAILY or local.weekday() == 0


def test_whoever_wants_no_digest_has_no_turn():
    assert last_turn(Rhythm.NEVER, 7, datetime(2026, 2, 18, tzinfo=UTC), UTC) is None
