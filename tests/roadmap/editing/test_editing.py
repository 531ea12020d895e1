"""What a page of the plan sends and is told: previews, acts, steps back and forth."""

import pytest
from sqlalchemy import select

from checklists.models import Checklist, Item
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from roadmap.assignments import service as assignments
from roadmap.editing import queries
from roadmap.outline import service as outline
from roadmap.tasks.models import Task
from tests import factories

DAY = 480


def by_id(answer):
    return {row["id"]: row for row in answer["rows"]}


def moved(answer):
    return {row["id"]: row["start"] for row in answer["moved"]}


def test_a_preview_tells_all_that_follows_and_stores_nothing(plan, editor):
    before = queries.hash_of(plan.project)
    answer = editor.preview({"act": "move", "ids": [plan.a], "start": "2026-01-07T08:00"})
    assert moved(answer)[plan.b] == "2026-01-09T08:00"
    assert moved(answer)[plan.d] == "2026-01-14T08:00"
    assert answer["may"]
    assert queries.hash_of(plan.project) == before


def test_a_preview_says_what_becomes_of_the_go_live(plan, editor):
    editor.act({"act": "set", "id": plan.live, "values": {"name": "Go live"}})
    db.session.execute(db.text("UPDATE task SET is_go_live = true WHERE id = :id"), {"id": plan.live})
    db.session.commit()
    answer = editor.preview({"act": "move", "ids": [plan.a], "days": 2})
    assert answer["go_live"]["days"] == 2
    assert answer["words"].endswith("go-live 2 days later")


def test_a_drop_is_snapped_to_working_time(plan, editor):
    """Saturday noon is Monday morning."""
    answer = editor.act({"act": "move", "ids": [plan.a], "start": "2026-01-10T12:00"})
    row = by_id(answer)[plan.a]
    assert (row["constraint_type"], row["constraint_date"]) == ("SNET", "2026-01-12T08:00")
    assert row["start"] == "2026-01-12T08:00"


def test_what_a_preview_says_is_what_is_stored(plan, editor):
    acts = [
        {"act": "move", "ids": [plan.a, plan.c], "start": "2026-01-07T10:00"},
        {"act": "stretch", "id": plan.b, "finish": "2026-01-20T17:00"},
        {"act": "add", "name": "E", "parent": plan.above, "position": 0, "duration": "2d"},
        {"act": "link", "from": -1, "to": plan.c, "type": "SS", "lag": "1d"},
        {"act": "outdent", "ids": [plan.c]},
    ]
    seen = editor.preview(*acts)
    stored = by_id(editor.act(*acts))
    assert {id: stored[id]["start"] for id in moved(seen)} == moved(seen)
    assert seen["added"][0]["finish"] == stored[max(stored)]["finish"]


def test_dragging_back_to_where_links_hold_it_takes_the_constraint_away(plan, editor):
    editor.act({"act": "move", "ids": [plan.b], "start": "2026-01-12T08:00"})
    assert db.session.get(Task, plan.b).constraint_type == "SNET"
    editor.act({"act": "move", "ids": [plan.b], "start": "2026-01-07T08:00"})
    task = db.session.get(Task, plan.b)
    assert (task.constraint_type, task.constraint_date) == ("ASAP", None)


def test_a_task_that_is_dropped_before_what_it_waits_for_says_so(plan, editor):
    answer = editor.preview({"act": "move", "ids": [plan.b], "start": "2026-01-05T08:00"})
    assert answer["may"]
    assert "waits for “A”" in answer["problems"][0]["message"]
    assert not answer["problems"][0]["blocks"]


def test_several_tasks_keep_their_distance(plan, editor):
    answer = editor.act({"act": "move", "ids": [plan.c, plan.d], "days": 3})
    rows = by_id(answer)
    assert (rows[plan.c]["start"], rows[plan.d]["start"]) == ("2026-01-08T08:00", "2026-01-15T08:00")


def test_a_summary_moves_with_what_is_below_it(plan, editor):
    rows = by_id(editor.act({"act": "move", "ids": [plan.above], "start": "2026-01-08T08:00"}))
    assert rows[plan.above]["start"] == rows[plan.a]["start"] == rows[plan.c]["start"] == "2026-01-08T08:00"
    back = by_id(editor.act({"act": "move", "ids": [plan.above], "start": "2026-01-05T08:00"}))
    assert back[plan.above]["constraint_type"] == "ASAP"


def test_what_must_start_on_a_day_still_must(plan, editor):
    values = {"constraint_type": "MSO", "constraint_date": "2026-01-06"}
    editor.act({"act": "set", "id": plan.c, "values": values})
    row = by_id(editor.act({"act": "move", "ids": [plan.c], "days": 1}))[plan.c]
    assert (row["constraint_type"], row["constraint_date"]) == ("MSO", "2026-01-07T08:00")


def test_a_begun_task_moves_only_when_that_is_said(plan, editor):
    editor.act({"act": "set", "id": plan.c, "values": {"percent_complete": 50, "actual_start": "2026-01-06T08:00"}})
    refused = editor.send("acts", {"act": "move", "ids": [plan.c], "days": 1})
    assert refused.status_code == 422
    assert refused.json["detail"].startswith("“C” has begun.")
    row = by_id(editor.act({"act": "move", "ids": [plan.c], "days": 1, "actual": True}))[plan.c]
    assert row["actual_start"] == "2026-01-07T08:00"


def test_a_milestone_may_stand_at_the_end_of_a_day(plan, editor):
    row = by_id(editor.act({"act": "move", "ids": [plan.live], "start": "2026-01-30T17:00"}))[plan.live]
    assert row["start"] == "2026-01-30T17:00"


def test_stretching_changes_the_duration_in_working_time(plan, editor):
    row = by_id(editor.act({"act": "stretch", "id": plan.a, "finish": "2026-01-12T17:00"}))[plan.a]
    assert row["duration"] == "6d"
    row = by_id(editor.act({"act": "stretch", "id": plan.a, "days": -1}))[plan.a]
    assert row["duration"] == "5d"


def test_a_cycle_is_named(plan, editor):
    answer = editor.preview({"act": "link", "from": plan.d, "to": plan.a})
    assert not answer["may"]
    assert "1.1 A" in answer["words"]
    refused = editor.send("acts", {"act": "link", "from": plan.d, "to": plan.a})
    assert refused.status_code == 422
    assert "1.1 A" in refused.json["detail"]


def test_acts_are_all_or_nothing(plan, editor):
    before = queries.hash_of(plan.project)
    refused = editor.send(
        "acts",
        {"act": "stretch", "id": plan.a, "days": 2},
        {"act": "place", "ids": [plan.c], "parent": plan.live},
    )
    assert (refused.status_code, refused.json["act"]) == (422, 1)
    assert "A milestone holds no tasks" in refused.json["detail"]
    assert queries.hash_of(plan.project) == before


def test_rows_are_placed_in_the_order_given(plan, editor):
    editor.act({"act": "place", "ids": [plan.c, plan.a], "parent": plan.above, "position": 0})
    rows = by_id(editor.rows())
    assert [rows[id]["wbs"] for id in (plan.c, plan.a, plan.b)] == ["1.1", "1.2", "1.3"]


def test_outdenting_several_keeps_their_order(plan, editor):
    editor.act({"act": "outdent", "ids": [plan.a, plan.b]})
    rows = by_id(editor.rows())
    assert [rows[id]["wbs"] for id in (plan.a, plan.b, plan.d)] == ["2", "3", "4"]
    editor.act({"act": "indent", "ids": [plan.a, plan.b]})
    rows = by_id(editor.rows())
    assert [rows[id]["wbs"] for id in (plan.c, plan.a, plan.b)] == ["1.1", "1.2", "1.3"]


def test_many_steps_go_back_and_forth(plan, editor):
    states = [queries.hash_of(plan.project)]
    for act in (
        {"act": "move", "ids": [plan.a], "days": 2},
        {"act": "delete", "ids": [plan.b]},
        {"act": "add", "name": "E", "after": plan.a},
        {"act": "indent", "ids": [plan.d]},
    ):
        editor.act(act)
        states.append(queries.hash_of(plan.project))
    for state in reversed(states[:-1]):
        assert editor.turn("undo").status_code == 200
        assert queries.hash_of(plan.project) == state
    nothing = editor.turn("undo")
    assert (nothing.status_code, nothing.json["code"]) == (422, "plan.no_undo")
    for state in states[1:]:
        assert editor.turn("redo").status_code == 200
        assert queries.hash_of(plan.project) == state
    assert editor.turn("undo").json["redo"]["steps"] == 1


def test_a_new_act_ends_what_could_be_done_again(plan, editor):
    editor.act({"act": "move", "ids": [plan.a], "days": 2})
    assert editor.turn("undo").json["redo"]["may"]
    answer = editor.act({"act": "set", "id": plan.a, "values": {"name": "Again"}})
    assert (answer["redo"]["may"], answer["undo"]["words"]) == (False, "Undo: changed “A”")


def test_steps_are_those_of_the_person(plan, editor, other):
    editor.act({"act": "stretch", "id": plan.a, "days": 2})
    assert other.turn("undo").status_code == 422
    other.act({"act": "set", "id": plan.c, "values": {"name": "C2"}})
    assert editor.turn("undo").status_code == 200
    assert db.session.get(Task, plan.c).name == "C2"


def test_undo_stops_where_somebody_else_changed_the_same(plan, editor, other):
    editor.act({"act": "stretch", "id": plan.a, "days": 2})
    other.version = editor.version
    other.act({"act": "stretch", "id": plan.a, "days": 1})
    stopped = editor.turn("undo")
    assert stopped.status_code == 409
    assert "Erik Lund" in stopped.json["detail"]


def test_different_fields_of_a_row_merge(plan, editor, other):
    other.act({"act": "set", "id": plan.a, "values": {"name": "A renamed"}})
    answer = editor.act({"act": "stretch", "id": plan.a, "days": 1})
    row = by_id(answer)[plan.a]
    assert (row["name"], row["duration"], answer["by"]) == ("A renamed", "3d", ["Erik Lund"])


def test_the_same_field_is_asked_about_and_mine_can_win(plan, editor, other):
    other.act({"act": "stretch", "id": plan.a, "days": 1})
    act = {"act": "stretch", "id": plan.a, "duration": "5d"}
    asked = editor.send("acts", act)
    assert asked.status_code == 409
    (conflict,) = asked.json["conflicts"]
    assert [conflict[each] for each in ("base", "theirs", "yours", "who")] == ["2 d", "3 d", "5 d", "Erik Lund"]
    choice = {"id": plan.a, "field": conflict["field"], "keep": "mine"}
    assert by_id(editor.act(act, choices=[choice]))[plan.a]["duration"] == "5d"


def test_theirs_drops_that_part_of_the_act(plan, editor, other):
    other.act({"act": "set", "id": plan.a, "values": {"name": "Theirs"}})
    act = {"act": "set", "id": plan.a, "values": {"name": "Mine", "description": "Words"}}
    assert editor.send("acts", act).status_code == 409
    editor.act(act, choices=[{"id": plan.a, "field": "name", "keep": "theirs"}])
    task = db.session.get(Task, plan.a)
    db.session.refresh(task)
    assert (task.name, task.description) == ("Theirs", "Words")


def test_what_the_person_saw_counts_before_the_version(plan, editor, other):
    other.act({"act": "set", "id": plan.a, "values": {"name": "Theirs"}})
    editor.version = other.version
    act = {"act": "set", "id": plan.a, "values": {"name": "Mine"}, "base": {"name": "A"}}
    assert editor.send("acts", act).json["conflicts"][0]["theirs"] == "Theirs"
    assert editor.send("acts", {**act, "base": {"name": "Theirs"}}).status_code == 200


def test_rows_that_were_deleted_meanwhile_are_said_by_name(plan, editor, other):
    other.act({"act": "delete", "ids": [plan.c]})
    asked = editor.send("acts", {"act": "stretch", "id": plan.c, "days": 1})
    assert asked.status_code == 409
    assert asked.json["detail"].startswith("Erik Lund deleted “C” meanwhile.")
    assert (asked.json["conflicts"][0]["may"], asked.json["gone"]) == (["theirs"], [plan.c])


def test_deleting_what_others_changed_is_asked(plan, editor, other):
    other.act({"act": "stretch", "id": plan.c, "days": 1})
    asked = editor.send("acts", {"act": "delete", "ids": [plan.c]})
    assert asked.json["conflicts"][0]["field"] == "row"
    assert (
        plan.c
        in editor.act({"act": "delete", "ids": [plan.c]}, choices=[{"id": plan.c, "field": "row", "keep": "mine"}])[
            "gone"
        ]
    )


def test_polling_costs_a_304_until_something_changes(plan, editor, other):
    first = other.client.get(f"{other.base}/rows", query_string={"since": other.version})
    again = other.client.get(f"{other.base}/rows", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    editor.act({"act": "move", "ids": [plan.b], "days": 1})
    changed = other.client.get(
        f"{other.base}/rows", query_string={"since": other.version}, headers={"If-None-Match": first.headers["ETag"]}
    )
    assert {plan.b, plan.above, plan.d, plan.live} <= set(by_id(changed.json))
    assert changed.json["by"] == ["Maren Vogel"]


def test_a_plan_that_others_rooms_change_is_read_again(plan, editor):
    editor.preview({"act": "move", "ids": [plan.a], "days": 1})
    outline.link(plan.project, plan.b, plan.c, actor=SYSTEM)
    answer = editor.preview({"act": "move", "ids": [plan.a], "days": 1})
    assert plan.c in moved(answer)
    assert answer["stale"]


def test_deleted_rows_come_back_with_all_that_hung_on_them(plan, editor, managers):
    """Links and who works on them by the hash; a list that is theirs and an item that follows them by themselves."""
    assignments.assign(plan.project, plan.a, ("person", managers[1].id), 50.0, actor=SYSTEM)
    made, (item,) = factories.checklist(plan.project, "Before it", "Look", task_id=plan.a)
    with transaction(SYSTEM, "item.changed") as work:
        work.session.get_one(Item, item).anchor_id = plan.b
    before = queries.hash_of(plan.project)
    editor.act({"act": "delete", "ids": [plan.above]})
    assert (_tied(Checklist.task_id, made), _tied(Item.anchor_id, item)) == (None, None)
    assert editor.turn("undo").status_code == 200
    assert queries.hash_of(plan.project) == before
    assert (_tied(Checklist.task_id, made), _tied(Item.anchor_id, item)) == (plan.a, plan.b)


def _tied(column, number):
    return db.session.scalar(select(column).where(column.class_.id == number))


@pytest.mark.parametrize("which", ["undo", "redo"])
def test_an_archived_project_takes_no_steps(plan, editor, which):
    db.session.execute(db.text("UPDATE project SET state = 'archived'"))
    db.session.commit()
    assert editor.turn(which).status_code == 422
    assert editor.send("acts", {"act": "stretch", "id": plan.a, "days": 1}).status_code == 422


def test_a_preview_of_an_added_row(plan, editor):
    answer = editor.preview({"act": "add", "name": "E", "parent": plan.c})
    assert answer["added"][0]["start"] == "2026-01-05T08:00"
    assert factories.task(plan.project, "F") > 0
