"""Merging shots: examples of each rule, and what holds of any two branches."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roadmap.branches.rules.comparing import differences
from roadmap.branches.rules.merging import Loop, merged
from roadmap.branches.rules.shot import PLACE, in_order, kinds_of

PLACES = ((1, None, 0), (2, "task:1", 0), (3, "task:1", 1), (4, None, 1), (5, "task:4", 0))
TIE = {"predecessor_id": "task:2", "successor_id": "task:3", "type": "FS", "lag_minutes": 0}


def task(number, parent, place):
    own = {"name": f"T{number}", "parent_id": parent, PLACE: place}
    return {"type": "task", "phase_id": None, "role_id": "project_role:1", "duration_minutes": 480, **own}


BASE = {
    "project": {"start": "2026-01-05"},
    "project_role:1": {"name": "Steward"},
    **{f"task:{number}": task(number, parent, place) for number, parent, place in PLACES},
    "dependency:task:2>task:3>FS": TIE,
}


def with_(shot, key, **values):
    return {**shot, key: {**shot.get(key, {}), **values}}


def without(shot, *keys):
    return {key: row for key, row in shot.items() if key not in keys}


def names(shot):
    return [shot[key]["name"] for key in in_order(shot) if key.startswith("task:")]


def test_nothing_changed_is_the_plan_as_it_is():
    found = merged(BASE, BASE, BASE)
    assert (dict(found.shot), found.open) == (BASE, ())


def test_a_row_below_a_removed_one_goes_with_it_and_one_conflict_says_so_where_somebody_changed_it():
    trunk = without(BASE, "task:1", "task:2", "task:3", "dependency:task:2>task:3>FS")
    assert names(merged(BASE, BASE, trunk).shot) == ["T4", "T5"]
    branch = with_(BASE, "task:2", duration_minutes=960)
    [found] = merged(BASE, branch, trunk).open
    assert (found.key, found.field) == ("task:1", "")
    assert names(merged(BASE, branch, trunk, {found.id: "trunk"}).shot) == ["T4", "T5"]
    back = merged(BASE, branch, trunk, {found.id: "branch"})
    assert (names(back.shot), back.open) == (["T1", "T2", "T3", "T4", "T5"], ())
    assert "dependency:task:2>task:3>FS" in back.shot


def test_a_new_row_below_a_removed_one_is_asked_about():
    branch = with_(BASE, "task:+9", name="New", type="task", parent_id="task:4", phase_id=None, **{PLACE: 1})
    [found] = merged(BASE, branch, without(BASE, "task:4", "task:5")).open
    assert found.key == "task:4"


def test_both_orders_changed_is_asked_about_and_one_is_taken():
    branch = with_(with_(BASE, "task:1", **{PLACE: 1}), "task:4", **{PLACE: 0})
    assert names(merged(BASE, branch, BASE).shot) == ["T4", "T5", "T1", "T2", "T3"]
    assert names(merged(BASE, BASE, branch).shot) == ["T4", "T5", "T1", "T2", "T3"]
    assert merged(BASE, branch, branch).open == ()


def test_a_row_moved_below_one_that_is_gone_goes_back_to_where_the_plan_has_it():
    branch = with_(BASE, "task:5", parent_id="task:3")
    trunk = without(BASE, "task:3", "dependency:task:2>task:3>FS")
    [found] = merged(BASE, branch, trunk).open
    kept = merged(BASE, branch, trunk, {found.id: "trunk"}).shot
    assert kept["task:5"]["parent_id"] == "task:4"


def test_two_moves_that_make_a_loop_are_refused():
    branch, trunk = with_(BASE, "task:1", parent_id="task:4"), with_(BASE, "task:4", parent_id="task:1")
    with pytest.raises(Loop):
        merged(BASE, branch, trunk)


def test_what_has_rows_below_it_is_a_summary_and_nothing_else_is():
    assert kinds_of(BASE) == {
        "task:1": "summary",
        "task:2": "task",
        "task:3": "task",
        "task:4": "summary",
        "task:5": "task",
    }
    assert kinds_of(with_(BASE, "task:5", phase_id="phase:1"))["task:5"] == "summary"


def test_a_difference_says_who_made_it():
    branch, trunk = with_(BASE, "task:2", name="B"), with_(BASE, "task:3", name="C")
    found = differences(BASE, branch, trunk)
    assert differences(BASE, BASE, with_(BASE, "task:9", **task(9, None, 2)))["task:9"].what == "new in the plan"
    assert differences(BASE, without(BASE, "task:5"), BASE)["task:5"].what == "removed"
    by = [(key, line.by_branch) for key, each in found.items() for line in each.lines]
    assert by == [("task:2", True), ("task:3", False)]


FIELDS = st.sampled_from(["name", "duration_minutes", "role_id"])
EDITS = st.lists(st.tuples(st.sampled_from([2, 3, 5]), FIELDS, st.integers(1, 3)), max_size=5)
NEW = st.lists(st.sampled_from(["task:1", "task:4", None]), max_size=3)
GONE = st.sets(st.sampled_from(["task:2", "task:3", "task:5"]), max_size=2)


def branch_of(edits, new, gone, first):
    shot = dict(BASE)
    for number, field, value in edits:
        shot = with_(shot, f"task:{number}", **{field: f"v{value}" if field != "role_id" else None})
    for place, parent in enumerate(new):
        row = {"name": f"N{first + place}", "type": "task", "parent_id": parent, "phase_id": None, PLACE: 10 + place}
        shot[f"task:+{first + place}"] = row
    ties = [key for key in shot if key.startswith("dependency") and any(each in key for each in gone)]
    return without(shot, *gone, *ties)


BRANCHES = st.builds(lambda *parts: parts, EDITS, NEW, GONE)


def touched(parts):
    edits, _new, gone = parts
    return {number for number, _field, _value in edits} | {int(key.partition(":")[2]) for key in gone}


def plain(shot):
    """A shot without what only tells rows of the same parent apart."""
    return {key: {name: value for name, value in row.items() if name != PLACE} for key, row in shot.items()}


@given(BRANCHES, BRANCHES)
def test_merges_of_branches_that_change_different_rows_commute(one, other):
    assume(not touched(one) & touched(other))
    left, right = branch_of(*one, 100), branch_of(*other, 200)
    there = merged(BASE, right, merged(BASE, left, BASE).shot)
    back = merged(BASE, left, merged(BASE, right, BASE).shot)
    assert there.open == back.open == ()
    assert plain(there.shot) == plain(back.shot)


@given(BRANCHES, BRANCHES, st.sampled_from(["branch", "trunk"]))
def test_whatever_is_chosen_nothing_is_left_open_and_nothing_hangs_in_the_air(one, other, side):
    left, right = branch_of(*one, 100), branch_of(*other, 200)
    asked = merged(BASE, left, right)
    done = merged(BASE, left, right, {each.id: side for each in asked.open})
    assert done.open == ()
    for row in done.shot.values():
        for field in ("parent_id", "predecessor_id", "successor_id"):
            assert row.get(field) is None or row[field] in done.shot


@given(BRANCHES)
def test_a_branch_of_a_plan_that_nobody_touched_is_merged_as_it_is(parts):
    branch = branch_of(*parts, 100)
    assert plain(merged(BASE, branch, BASE).shot) == plain(branch)
