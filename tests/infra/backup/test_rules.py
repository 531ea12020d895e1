"""Which backups are kept, and what their names say."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from infra.backup.rules import DRILL_STALE, STALE, Reason, file_name, is_stale, made_at, to_remove

START = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)
MOMENTS = st.integers(0, 500 * 24).map(lambda hours: START + timedelta(hours=hours))


def daily(days):
    return [file_name(Reason.DAILY, START + timedelta(days=day), encrypted=False) for day in range(days)]


def test_after_two_years_of_days_seven_days_four_weeks_and_twelve_months_are_left():
    names = daily(730)
    gone = set(to_remove(names, START + timedelta(days=730)))
    kept = [name for name in names if name not in gone]
    days = [made_at(name).date() for name in kept]
    assert [str(day) for day in days[-7:]] == [f"2027-12-{day}" for day in range(25, 32)]
    assert len({(day.year, day.month) for day in days}) == 12
    assert 7 + 2 + 11 <= len(kept) <= 7 + 4 + 12


def test_removing_day_by_day_leaves_what_removing_at_once_leaves():
    kept, names = [], daily(200)
    for day, name in enumerate(names):
        kept.append(name)
        gone = to_remove(kept, START + timedelta(days=day))
        kept = [each for each in kept if each not in gone]
    days = [made_at(name) for name in kept]
    assert days[-1] == START + timedelta(days=199)
    assert len({(day.year, day.month) for day in days}) == 7


@given(st.lists(st.tuples(MOMENTS, st.sampled_from(list(Reason)), st.booleans()), min_size=1, max_size=60))
def test_the_newest_stays_and_strangers_are_never_touched(made):
    names = [file_name(reason, at, encrypted=secret) for at, reason, secret in made]
    newest = max(at for at, _reason, _secret in made)
    gone = to_remove([*names, "notes.txt", "launch90.db"], newest)
    assert {made_at(name) for name in names if name not in gone} >= {newest}
    assert set(gone) <= set(names)


def test_what_somebody_asked_for_stays_two_weeks():
    asked = file_name(Reason.UPGRADE, START - timedelta(hours=1), encrypted=True)
    names = [asked, file_name(Reason.DAILY, START, encrypted=True)]
    assert to_remove(names, START + timedelta(days=13)) == []
    assert asked not in to_remove([*daily(13), asked], START + timedelta(days=13))
    assert asked in to_remove([*daily(15), asked, asked.replace("T01", "T02")], START + timedelta(days=15))


def test_names_say_when_and_nothing_else_passes_for_one():
    name = file_name(Reason.RESTORE, START, encrypted=True)
    assert made_at(name) == START
    for other in ("../" + name, name + ".part", "launch90-20261399T999999Z-daily.tar.gz", ""):
        assert made_at(other) is None


def test_a_backup_is_stale_after_a_day_and_a_half():
    assert is_stale(None, START)
    assert not is_stale(START, START + STALE)
    assert is_stale(START, START + STALE + timedelta(seconds=1))
    assert not is_stale(START, START + timedelta(days=31), DRILL_STALE)
