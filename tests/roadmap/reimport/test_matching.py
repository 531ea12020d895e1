"""Which row of a file is which row of the plan."""

from hypothesis import given
from hypothesis import strategies as st

from roadmap.planting.rules import RowSeed
from roadmap.reimport.rules.matching import matched


def rows(*names, parents=(), uids=(), keys=()):
    """Rows of a file; without keys they are called by their place, as in a sheet without numbers."""
    found = []
    for place, name in enumerate(names):
        key = keys[place] if keys else f"row {place + 2}"
        above = parents[place] if parents else None
        values = {"uid": uids[place]} if uids else {}
        found.append(RowSeed(key, name, found[above].key if above is not None else None, values))
    return found


def test_a_row_that_was_renamed_is_found_by_its_number():
    ours = rows("Map", "Load", keys=("7", "8"), uids=("1", "2"))
    theirs = rows("Map the fields", "Load", keys=("1", "2"), uids=("1", "2"))
    assert matched(ours, theirs) == {"1": "7", "2": "8"}


def test_numbers_of_another_plan_rename_nothing():
    ours = rows("Map", "Load", "Train", keys=("7", "8", "9"), uids=("1", "2", "3"))
    theirs = rows("Buy", "Build", "Train", keys=("1", "2", "3"), uids=("1", "2", "3"))
    assert matched(ours, theirs) == {"3": "9"}


def test_a_guid_counts_before_everything():
    ours = [RowSeed("7", "Map", values={"uid": "1", "kept": {"GUID": "A"}}), RowSeed("8", "Load")]
    theirs = [RowSeed("5", "Load", values={"uid": "1"}), RowSeed("6", "Draw", values={"kept": {"GUID": "a"}})]
    assert matched(ours, theirs) == {"6": "7", "5": "8"}


def test_without_numbers_wbs_and_name_decide_and_then_the_names_from_the_top_down():
    ours = rows("Migration", "Test", "Training", "Test", parents=(None, 0, None, 2))
    theirs = rows("New", "Migration", "Test", "Training", "Test", parents=(None, None, 1, None, 3))
    pairs = matched(ours, theirs)
    assert [pairs.get(row.key) for row in theirs] == [None, *(row.key for row in ours)]


def test_two_rows_of_one_name_are_not_guessed_at():
    assert matched(rows("A", "Test", parents=(None, 0)), rows("Test", "Test")) == {}


@given(st.lists(st.sampled_from(["Map", "Load", "Test"]), max_size=8), st.booleans())
def test_each_row_is_one_other_and_a_file_of_the_plan_itself_is_the_plan(names, numbered):
    keys = tuple(str(place) for place in range(len(names))) if numbered else ()
    ours = rows(*names, keys=keys)
    pairs = matched(ours, ours)
    assert len(set(pairs.values())) == len(pairs)
    assert all(key == other for key, other in pairs.items())
    assert len(pairs) == len(ours)
