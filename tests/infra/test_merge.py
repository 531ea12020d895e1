from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import merge

FIELDS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2), min_size=4)


def test_changes_of_different_fields_are_both_kept():
    merged = merge.merge({"name": "A", "due": None}, {"name": "B", "due": None}, {"name": "A", "due": "2026-03-03"})
    assert merged.values == {"name": "B", "due": "2026-03-03"}
    assert merged.conflicts == ()


def test_the_same_field_changed_to_two_values_is_a_choice():
    merged = merge.merge({"name": "A"}, {"name": "B"}, {"name": "C"})
    assert merged.conflicts == (merge.FieldConflict("name", "A", "B", "C"),)
    assert merge.choices(merged, {"name": "Name"}) == (merge.Choice("name", "Name", "B", "C"),)


def test_dates_are_compared_with_what_the_form_carried():
    merged = merge.merge({"due": "2026-03-03"}, {"due": date(2026, 3, 3)}, {"due": date(2026, 3, 9)})
    assert merged.values == {"due": date(2026, 3, 9)}


@given(FIELDS, FIELDS)
def test_who_is_alone_gets_what_they_sent(base, mine):
    merged = merge.merge(base, mine, base)
    assert dict(merged.values) == mine
    assert merged.conflicts == ()


@given(FIELDS, FIELDS, FIELDS)
def test_nothing_of_theirs_is_overwritten_in_silence(base, mine, theirs):
    merged = merge.merge(base, mine, theirs)
    named = {each.name for each in merged.conflicts}
    for name in mine:
        if theirs[name] != base[name] and name not in named:
            assert merged.values[name] == theirs[name]


@given(FIELDS, FIELDS)
def test_without_a_base_every_difference_is_a_choice(mine, theirs):
    merged = merge.merge(None, mine, theirs)
    assert {each.name for each in merged.conflicts} == {name for name in mine if mine[name] != theirs[name]}


@pytest.mark.parametrize("spoil", [lambda token: token + "x", lambda _token: "", lambda _token: None])
def test_a_base_that_was_tampered_with_counts_as_none(app, spoil):
    token = merge.sign_base("task:1", {"name": "A", "due": date(2026, 3, 3)})
    assert merge.read_base("task:1", token) == {"name": "A", "due": "2026-03-03"}
    assert merge.read_base("task:1", spoil(token)) is None
    assert merge.read_base("task:2", token) is None
