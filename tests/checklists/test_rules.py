"""The rules of checklists, by examples and by properties."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists import rules
from checklists.rules import EvidenceKind, Outcome, Progress, Recurrence, Shown, Tick
from kernel.errors import Conflict, RuleBroken

TODAY = date(2026, 2, 18)
AT = datetime(2026, 2, 17, 9, 0, tzinfo=UTC)
TICK = Tick(1, "Hannah Okafor", AT)


@dataclass(frozen=True)
class Box:
    ticked_at: datetime | None = None
    required: bool = True
    due: date | None = None
    responsible_id: int | None = None


def days():
    return st.dates(TODAY - timedelta(9), TODAY + timedelta(9))


boxes = st.lists(
    st.builds(Box, st.none() | st.just(AT), st.booleans(), st.none() | days(), st.none() | st.integers(1, 3)),
    max_size=30,
)


@given(boxes, st.integers(0, 30))
def test_parts_add_up_to_the_whole(items, cut):
    parts = [rules.progress(items[:cut], TODAY), rules.progress(items[cut:], TODAY)]
    assert rules.total(parts) == rules.progress(items, TODAY)


@given(boxes)
def test_counts_stay_inside_the_list(items):
    found = rules.progress(items, TODAY)
    still_open = found.total - found.done
    assert 0 <= found.done <= found.total == len(items)
    assert 0 <= found.late <= still_open
    assert 0 <= found.required_open <= still_open
    assert found.whole == (bool(items) and still_open == 0)


@given(boxes, st.integers(1, 3))
def test_what_is_shown_is_part_of_what_is_open(items, reader):
    opened = rules.shown(items, Shown.OPEN, reader, TODAY)
    assert rules.shown(items, Shown.ALL, reader, TODAY) == items
    assert all(item.ticked_at is None for item in opened)
    for which in (Shown.MINE, Shown.LATE):
        assert all(item in opened for item in rules.shown(items, which, reader, TODAY))
    assert len(rules.shown(items, Shown.LATE, reader, TODAY)) == rules.progress(items, TODAY).late


def test_mine_is_open_and_falls_to_me_and_nobody_owns_nothing():
    mine, theirs, done = Box(responsible_id=1), Box(responsible_id=2), Box(AT, responsible_id=1)
    assert rules.shown([mine, theirs, done], Shown.MINE, 1, TODAY) == [mine]
    assert rules.shown([Box()], Shown.MINE, None, TODAY) == []


@pytest.mark.parametrize(
    ("word", "shown"), [("open", Shown.OPEN), ("late", Shown.LATE), ("", Shown.ALL), ("x", Shown.ALL)]
)
def test_an_address_asks_for_a_view(word, shown):
    assert Shown.of(word) is shown


def test_an_empty_list_is_neither_done_nor_open():
    assert (Progress(0, 0, 0, 0).percent, Progress(0, 0, 0, 0).whole) == (None, False)


@pytest.mark.parametrize(("due", "late"), [(TODAY, False), (TODAY - timedelta(1), True), (None, False)])
def test_an_item_is_due_on_its_day_and_late_the_day_after(due, late):
    assert rules.is_late(Box(due=due), TODAY) is late
    assert not rules.is_late(Box(AT, due=due), TODAY)


@pytest.mark.parametrize(
    ("tick", "wanted", "outcome"),
    [
        (None, True, Outcome.TICKED),
        (TICK, True, Outcome.ALREADY_TICKED),
        (TICK, False, Outcome.UNTICKED),
        (None, False, Outcome.ALREADY_OPEN),
    ],
)
def test_a_press_comes_to_what_the_box_allows(tick, wanted, outcome):
    assert rules.press(tick, wanted=wanted) is outcome


@pytest.mark.parametrize(
    ("actor", "seen", "sure", "asks"),
    [
        (1, AT.isoformat(), False, False),
        (1, "", False, False),
        (2, AT.isoformat(), False, True),
        (1, (AT - timedelta(minutes=1)).isoformat(), False, True),
        (2, "", True, False),
    ],
)
def test_another_persons_tick_or_a_newer_one_is_asked_about(actor, seen, sure, asks):
    if not asks:
        rules.check_untick(TICK, actor, seen, sure=sure)
        return
    with pytest.raises(Conflict, match="Hannah Okafor"):
        rules.check_untick(TICK, actor, seen, sure=sure)


@pytest.mark.parametrize("name", ["", "   ", "\0", "\n\t", "x" * 301])
def test_a_name_is_a_few_words(name):
    with pytest.raises(RuleBroken):
        rules.check_name(name)


def test_a_name_stands_on_one_line():
    assert rules.check_name("  Map \n every\tfield \0") == "Map every field"
    with pytest.raises(RuleBroken, match="201 characters"):
        rules.check_name("x" * 201, limit=rules.HEADING_LIMIT)
    assert len(rules.name_of_copy("x" * 200)) == 200


def test_a_note_keeps_its_lines_and_has_an_end():
    assert rules.check_note("a\nb \0") == "a\nb"
    with pytest.raises(RuleBroken, match="25000 characters"):
        rules.check_note("x" * 25_000)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "//example.org", "example.org", "ftp://example.org", "http://",
        "http://[::1", "https://a\nb", "https://example.org/" + "x" * 2_000, "", "JAVASCRIPT://x%0aalert(1)",
    ],
)  # fmt: skip
def test_a_link_opens_a_page(url):
    with pytest.raises(RuleBroken, match="https://"):
        rules.check_link(url)


def test_evidence_shows_something():
    assert rules.check_evidence(EvidenceKind.LINK, "", " https://example.org ") == ("", "https://example.org")
    assert rules.check_evidence(EvidenceKind.TEXT, " 412 merged ", "ignored") == ("412 merged", "")
    with pytest.raises(RuleBroken):
        rules.check_evidence(EvidenceKind.TEXT, "  ", "")


def test_a_day_lies_within_reach():
    assert rules.check_day(None) is None
    assert rules.check_day(TODAY) == TODAY
    with pytest.raises(RuleBroken):
        rules.check_day(date(206, 3, 3))


def test_several_are_told_apart_and_counted():
    assert rules.check_several([3, 1, 3]) == [1, 3]
    for ids in ([], range(1001)):
        with pytest.raises(RuleBroken):
            rules.check_several(ids)


orders = st.lists(st.integers(0, 4), min_size=1, max_size=5).filter(sum)


@given(orders, st.data())
def test_moving_down_and_up_again_comes_back(sizes, data):
    numbers = iter(range(100))
    sections = [(at, [next(numbers) for _ in range(size)]) for at, size in enumerate(sizes)]
    item = data.draw(st.sampled_from([each for _, items in sections for each in items]))
    down = rules.neighbour(sections, item, up=False)
    if down is None:
        assert sections[-1][1][-1] == item
        return
    moved = [(at, [each for each in items if each != item]) for at, items in sections]
    dict(moved)[down[0]].insert(down[1], item)
    back = rules.neighbour(moved, item, up=True)
    restored = [(at, [each for each in items if each != item]) for at, items in moved]
    dict(restored)[back[0]].insert(back[1], item)
    assert restored == sections


@pytest.mark.parametrize(
    ("due", "recurrence", "following"),
    [
        (date(2026, 2, 18), Recurrence.DAILY, date(2026, 2, 19)),
        (date(2026, 2, 18), Recurrence.WEEKLY, date(2026, 2, 25)),
        (date(2026, 12, 31), Recurrence.MONTHLY, date(2027, 1, 31)),
        (date(2024, 1, 31), Recurrence.MONTHLY, date(2024, 2, 29)),
    ],
)
def test_a_round_follows_a_round(due, recurrence, following):
    assert rules.next_due(due, recurrence) == following


@given(days(), st.sampled_from([each for each in Recurrence if each is not Recurrence.ONCE]))
def test_the_next_round_can_still_be_ticked_in_time(due, recurrence):
    following = rules.next_round_due(due, recurrence, TODAY)
    assert following > due
    assert following >= TODAY


def test_a_round_is_due_on_its_day():
    assert rules.round_is_due(TODAY, Recurrence.WEEKLY, TODAY)
    assert not rules.round_is_due(TODAY + timedelta(1), Recurrence.WEEKLY, TODAY)
    assert not rules.round_is_due(TODAY, Recurrence.ONCE, TODAY)
    with pytest.raises(RuleBroken):
        rules.check_recurring(Recurrence.WEEKLY, None)
