"""What of a file is refused stays as it is, and what hangs on it follows."""

import pytest

from kernel.errors import RuleBroken
from roadmap.reimport.rules.refusing import line_id, row_id, without


def task(name, parent=None, position=0, **more):
    return {"name": name, "parent_id": parent, "position": position, "phase_id": None, "role_id": None, **more}


def tie(first, then):
    return {"predecessor_id": first, "successor_id": then, "type": "FS"}


BEFORE = {"task:1": task("Map"), "task:2": task("Load", position=1)}
LINK = "dependency:task:1>task:2>FS"


def test_nothing_refused_is_all_of_the_file():
    after = {**BEFORE, "task:1": task("Chart")}
    assert without(BEFORE, after, ()) is after


def test_a_row_stays_with_its_links_and_a_field_alone():
    after = {"task:1": task("Chart"), "task:2": task("Fill", position=1), LINK: tie("task:1", "task:2")}
    assert without(BEFORE, after, [row_id("task:2")]) == {"task:1": task("Chart"), "task:2": BEFORE["task:2"]}
    assert without(BEFORE, after, [line_id(LINK, "")]) == {key: after[key] for key in BEFORE}
    assert without(BEFORE, after, [line_id("task:1", "name")])["task:1"] == BEFORE["task:1"]


def test_a_link_that_the_file_has_not_stays():
    before = {**BEFORE, LINK: tie("task:1", "task:2")}
    assert without(before, BEFORE, [line_id(LINK, "")]) == before


def test_what_hangs_on_a_refused_new_row_does_not_come():
    new = {"task:new 3": task("Group", position=2), "task:new 4": task("Below", "task:new 3")}
    more = {"task:2": task("Load", position=1, role_id="project_role:new 1"), "project_role:new 1": {"name": "Clerk"}}
    after = {**BEFORE, **new, **more, "dependency:task:1>task:new 4>FS": tie("task:1", "task:new 4")}
    assert without(BEFORE, after, [row_id("task:new 3"), row_id("project_role:new 1")]) == BEFORE


def test_rows_that_come_to_share_a_place_stand_one_after_the_other():
    after = {"task:1": task("Map", position=1), "task:2": task("Load")}
    found = without(BEFORE, after, [row_id("task:1")])
    assert [found[key]["position"] for key in ("task:1", "task:2")] == [0, 1]


def test_a_row_that_would_stand_below_itself_is_named():
    before = {"task:1": task("Map"), "task:2": task("Load", "task:1")}
    after = {"task:1": task("Map", "task:2"), "task:2": task("Load")}
    with pytest.raises(RuleBroken, match="below each other: Map → Load → Map"):
        without(before, after, [row_id("task:2")])
