"""The ruler: ninety ticks, long on Mondays, and labels that do not run into each other."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from roadmap.ruler.rules import NEAR, Mark, draw, place

START = date(2026, 1, 5)
ENDS = ("5 Jan", "5 Apr")


def mark(day: int, rank: int = 1, text: str = "x") -> Mark:
    return Mark(START + timedelta(days=day), "target", text, rank)


def test_a_tick_a_day_longer_on_mondays_and_past_ones_on() -> None:
    drawn = draw(START, START + timedelta(days=8), (), ENDS)
    assert len(drawn.ticks) == 91
    assert [kind for _, kind in drawn.ticks[:9]] == ["week-on", *["day-on"] * 6, "week-on", "day"]


def test_of_two_close_labels_the_higher_rank_keeps_its_words() -> None:
    drawn = draw(START, START, (mark(50, 1, "target"), mark(54, 2, "go-live")), ENDS)
    assert [text for _, _, text in drawn.labels] == ["5 Jan", "", "go-live", "5 Apr"]


def test_the_words_at_the_ends_make_way() -> None:
    drawn = draw(START, START, (mark(2, 3, "today"),), ENDS)
    assert [text for _, _, text in drawn.labels] == ["", "today", "5 Apr"]


def test_a_day_outside_the_ninety_has_no_label() -> None:
    assert len(draw(START, START, (mark(120),), ENDS).labels) == 2


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 5)), max_size=8))
def test_no_two_labels_with_words_are_near_each_other(days: list[tuple[int, int]]) -> None:
    drawn = draw(START, START, [mark(day, rank, f"{day}") for day, rank in days], ENDS)
    places = sorted(at for at, kind, text in drawn.labels if text and kind == "target")
    assert all(second - first >= NEAR for first, second in pairwise(places))


def test_place_sticks_to_the_ends() -> None:
    assert place(START - timedelta(days=3), START) == 0
    assert place(START + timedelta(days=300), START) == 100
