"""Writing checklists, on SQLite and on PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from checklists import jobs, queries, rules, service
from checklists.models import Checklist, Evidence, Item, Section
from infra.attachments.models import Attachment
from infra.database import db
from infra.transaction import transaction
from infra.undo.service import undo
from kernel.actor import SYSTEM, Actor
from kernel.errors import Conflict, NotFound, RuleBroken
from roadmap.outline import service as outline
from roadmap.projects import service as projects
from roadmap.projects.rules import Clash
from roadmap.tasks import queries as tasks
from roadmap.tasks import service as plans
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
LINK = rules.EvidenceKind.LINK
TEXT = rules.EvidenceKind.TEXT


@dataclass(frozen=True)
class Place:
    project: int
    list: int
    items: Sequence[int]
    manager: Actor
    member: Actor


@pytest.fixture
def place(either_app):
    project = factories.project()
    manager = factories.person("Priya Nair", projects={project: "manager"})
    member = factories.person("Hannah Okafor", projects={project: "member"})
    made, items = factories.checklist(project, "Pre-implementation", "Audit", "Map", "Load")
    return Place(project, made, items, manager, member)


def names(place, list_id=None):
    found = queries.sections(place.project, list_id or place.list)
    return [(section.name, [item.name for item in section.items]) for section in found]


def state():
    """Every row of the room as values, to see that an undo put all of it back."""
    return {
        model.__tablename__: sorted(
            tuple(map(str, row)) for row in db.session.execute(select(*model.__table__.columns))
        )
        for model in (Checklist, Section, Item, Evidence)
    }


def first_section(place):
    return queries.sections(place.project, place.list)[0].id


def test_a_tick_stands_with_who_and_when(place):
    pressed = service.tick(place.project, place.items[0], actor=place.member, now=NOW)
    assert pressed.changed
    assert queries.item(place.project, place.items[0]).tick == rules.Tick(place.member.id, "Hannah Okafor", NOW)


def test_a_second_tick_is_told_whose_the_first_is(place):
    service.tick(place.project, place.items[0], actor=place.member, now=NOW)
    again = service.tick(place.project, place.items[0], actor=place.manager, now=NOW + timedelta(minutes=5))
    assert (again.outcome, again.changed) == (rules.Outcome.ALREADY_TICKED, False)
    assert again.tick == rules.Tick(place.member.id, "Hannah Okafor", NOW)


def test_anothers_tick_is_taken_away_by_whoever_is_sure(place):
    service.tick(place.project, place.items[0], actor=place.member, now=NOW)
    with pytest.raises(Conflict):
        service.untick(place.project, place.items[0], actor=place.manager, seen=NOW.isoformat())
    assert queries.item(place.project, place.items[0]).tick is not None
    service.untick(place.project, place.items[0], actor=place.manager, sure=True)
    assert queries.item(place.project, place.items[0]).tick is None


def test_an_id_of_another_project_is_no_id(place):
    theirs = factories.project("Theirs")
    for act in (
        lambda: service.tick(theirs, place.items[0], actor=place.manager, now=NOW),
        lambda: service.tick_many(theirs, place.items, actor=place.manager, now=NOW),
        lambda: service.change_item(theirs, place.items[0], {"note": "x"}, actor=place.manager),
        lambda: service.remove_list(theirs, place.list, actor=place.manager),
        lambda: service.add_section(theirs, place.list, "x", actor=place.manager),
        lambda: service.add_evidence(theirs, place.items[0], TEXT, text="x", actor=place.manager, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()


def test_an_archived_project_takes_no_ticks(place):
    projects.archive(place.project, actor=SYSTEM, now=NOW)
    with pytest.raises(RuleBroken, match="archived"):
        service.tick(place.project, place.items[0], actor=place.member, now=NOW)
    with pytest.raises(RuleBroken, match="archived"):
        service.write_note(place.project, place.items[0], "x", actor=place.member)


def acts(place):
    """Every action that can be undone, by its name."""
    project, item, me = place.project, place.items[0], {"actor": place.manager}
    section = first_section(place)
    service.set_due_many(project, [place.items[2]], date(2026, 3, 3), actor=SYSTEM)
    evidence, _work = service.add_evidence(project, place.items[2], TEXT, text="412 merged", actor=SYSTEM, now=NOW)
    service.tick(project, place.items[1], actor=place.manager, now=NOW)
    rounds, _items = factories.checklist(project, "Weekly", "Look", recurrence="weekly", due=date(2026, 2, 13))
    add_link = lambda: service.add_evidence(project, item, LINK, url="https://example.org", now=NOW, **me)[1]  # noqa: E731
    return {
        "item.ticked": lambda: service.tick(project, item, now=NOW, **me).work,
        "item.unticked": lambda: service.untick(project, place.items[1], **me).work,
        "items.ticked": lambda: service.tick_many(project, place.items, now=NOW, **me)[1],
        "items.assigned": lambda: service.assign_many(project, place.items, place.member.id, **me),
        "items.due_set": lambda: service.set_due_many(project, place.items, TODAY, **me),
        "items.follow_plan": lambda: _follow(place),
        "item.added": lambda: service.add_item(project, section, {"name": "New"}, **me)[1],
        "item.changed": lambda: service.change_item(project, item, {"name": "Other", "required": False}, **me),
        "item.noted": lambda: service.write_note(project, item, "Half done", **me),
        "item.removed": lambda: service.remove_item(project, place.items[2], **me),
        "item.moved": lambda: service.move_item(project, item, up=False, **me),
        "section.added": lambda: service.add_section(project, place.list, "More", **me)[1],
        "section.changed": lambda: service.rename_section(project, section, "Other", **me),
        "section.removed": lambda: service.remove_section(project, section, **me),
        "checklist.added": lambda: service.add_list(project, {"name": "New"}, **me)[1],
        "checklist.changed": lambda: service.change_list(project, place.list, {"name": "Other"}, **me),
        "checklist.removed": lambda: service.remove_list(project, place.list, **me),
        "checklist.copied": lambda: service.copy_list(project, place.list, **me)[1],
        "checklist.next_round": lambda: service.next_round(project, rounds, today=TODAY, **me)[1],
        "evidence.added": add_link,
        "evidence.removed": lambda: service.remove_evidence(project, evidence, **me),
    }


def _follow(place):
    item = db.session.get(Item, place.items[2])
    assert item is not None
    return service.follow_plan_again(place.project, [item.id], actor=place.manager)


@pytest.mark.parametrize("action", sorted(service.UNDOABLE))
def test_everything_undoable_is_undone_whole(place, action):
    act = acts(place)[action]
    if action == "items.follow_plan":
        _give_plan_day(place.items[2])
    before = state()
    work = act()
    assert state() != before
    undo(work.transaction_id, actor=place.manager)
    db.session.expire_all()
    assert state() == before


def _give_plan_day(item_id, anchor=None, offset=2):
    with transaction(SYSTEM, "item.changed") as work:
        item = work.session.get(Item, item_id)
        item.due_offset, item.anchor_id = offset, anchor


def test_several_are_ticked_by_one_statement_each_way(place, asked):
    with asked() as seen:
        done, _work = service.tick_many(place.project, place.items, actor=place.manager, now=NOW)
    assert done == 3
    assert len([each for each in seen if each.startswith("SELECT") and "checklist_item" in each]) == 1


def test_the_counts_of_the_database_are_those_of_the_rules(place):
    service.tick(place.project, place.items[0], actor=place.member, now=NOW)
    service.set_due_many(place.project, place.items[1:2], TODAY - timedelta(1), actor=place.manager)
    service.change_item(place.project, place.items[2], {"required": False}, actor=place.manager)
    rows = queries.sections(place.project, place.list)[0].items
    wanted = rules.progress(rows, TODAY)
    assert wanted == rules.Progress(1, 3, 1, 1)
    assert queries.lists(place.project, TODAY)[0].progress == wanted
    assert queries.progress_by_project([place.project], TODAY) == {place.project: wanted}


def test_only_people_of_the_project_own_items(place):
    stranger = factories.person("Sam Stranger")
    with pytest.raises(RuleBroken):
        service.assign_many(place.project, place.items, stranger.id, actor=place.manager)
    with pytest.raises(RuleBroken):
        service.change_item(place.project, place.items[0], {"owner_id": stranger.id}, actor=place.manager)


def test_two_who_change_different_fields_both_win_and_the_same_field_is_asked_about(place):
    item, base = place.items[0], {"name": "Audit", "help": "", "note": ""}
    mine, theirs = {**base, "name": "Audit all"}, {**base, "help": "Ask Ann."}
    service.change_item(place.project, item, mine, base=base, actor=place.manager)
    service.change_item(place.project, item, theirs, base=base, actor=place.manager)
    found = queries.item(place.project, item)
    assert (found.name, found.help) == ("Audit all", "Ask Ann.")
    with pytest.raises(Clash):
        service.change_item(place.project, item, {**base, "name": "Look"}, base=base, actor=place.manager)


def test_an_item_moves_through_its_section_into_the_next_and_stops_at_the_end(place):
    service.add_section(place.project, place.list, "Later", actor=place.manager)
    move = lambda up: service.move_item(place.project, place.items[2], up=up, actor=place.manager)  # noqa: E731
    move(up=False)
    assert names(place) == [("Pre-implementation", ["Audit", "Map"]), ("Later", ["Load"])]
    move(up=False)
    move(up=True)
    move(up=True)
    assert names(place) == [("Pre-implementation", ["Audit", "Load", "Map"]), ("Later", [])]


def test_a_copy_is_open_and_holds_nobody_up(place):
    service.tick(place.project, place.items[0], actor=place.manager, now=NOW)
    made, _work = service.copy_list(place.project, place.list, actor=place.manager)
    copy = next(row for row in queries.lists(place.project, TODAY) if row.id == made)
    assert (copy.name, copy.progress.done, copy.guards_id) == ("Pre-implementation (copy)", 0, None)
    assert names(place, made) == names(place)


def test_evidence_is_words_a_link_or_a_file(place, either_app):
    me = {"actor": place.manager, "now": NOW}
    service.add_evidence(place.project, place.items[0], TEXT, text="412 merged", **me)
    service.add_evidence(place.project, place.items[0], LINK, url="https://example.org/run", **me)
    with either_app.test_request_context():
        service.add_file(place.project, place.items[0], "run.csv", BytesIO(b"a,b\n1,2\n"), **me)
    shown = queries.item(place.project, place.items[0]).evidence
    assert [(piece.kind, piece.text or piece.url) for piece in shown] == [
        ("text", "412 merged"), ("link", "https://example.org/run"), ("file", "run.csv"),
    ]  # fmt: skip


def test_a_refused_file_leaves_nothing_behind(place, either_app):
    me = {"actor": place.manager, "now": NOW}
    with either_app.test_request_context(), pytest.raises(RuleBroken):
        service.add_file(place.project, place.items[0], "x.pdf", BytesIO(b"\x7fELF"), **me)
    with either_app.test_request_context(), pytest.raises(RuleBroken):
        service.add_file(place.project, place.items[0], "x.csv", BytesIO(b"a,b"), text="x" * 25_000, **me)
    for model in (Attachment, Evidence):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_required_items_guard_their_milestone(place, either_app):
    gate = factories.task(place.project, "Data signed off", type="milestone", duration_minutes=0)
    service.change_list(place.project, place.list, {"guards_id": gate}, actor=place.manager)
    service.change_item(place.project, place.items[2], {"required": False}, actor=place.manager)
    with either_app.test_request_context():
        assert [str(each.sentence) for each in plans.obstacles(gate)] == [
            "2 required items of “Pre-implementation” are open."
        ]
        with pytest.raises(RuleBroken):
            plans.complete_milestone(place.project, gate, actor=place.manager, now=NOW)
        service.tick_many(place.project, place.items[:2], actor=place.manager, now=NOW)
        assert plans.obstacles(gate) == []


def test_only_a_milestone_waits(place):
    task = factories.task(place.project)
    with pytest.raises(RuleBroken):
        service.change_list(place.project, place.list, {"guards_id": task}, actor=place.manager)


def test_open_items_follow_the_plan_until_a_day_is_set_by_hand(place):
    anchor = factories.task(place.project, duration_minutes=480)
    for item in place.items:
        _give_plan_day(item, anchor)
    service.tick(place.project, place.items[1], actor=place.manager, now=NOW)
    service.set_due_many(place.project, place.items[2:], date(2026, 6, 1), actor=place.manager)
    outline.add(place.project, {"name": "Another"}, actor=place.manager)
    finish = tasks.task(place.project, anchor, TODAY).finish.date()
    assert finish == date(2026, 1, 5)
    due = [queries.item(place.project, item).due for item in place.items]
    assert due == [date(2026, 1, 7), None, date(2026, 6, 1)]
    service.follow_plan_again(place.project, place.items[2:], actor=place.manager)
    assert queries.item(place.project, place.items[2]).due == date(2026, 1, 7)
    assert queries.item(place.project, place.items[2]).follows_plan


def test_a_copied_project_has_the_lists_with_open_boxes_later(place):
    gate = factories.task(place.project, "Gate", type="milestone", duration_minutes=0)
    service.change_list(place.project, place.list, {"guards_id": gate, "task_id": gate}, actor=place.manager)
    service.set_due_many(place.project, place.items, date(2026, 2, 2), actor=place.manager)
    service.tick(place.project, place.items[0], actor=place.manager, now=NOW)
    copy = projects.copy(place.project, "Copy", date(2026, 3, 2), actor=SYSTEM, now=NOW)
    (made,) = queries.lists(copy, TODAY)
    assert (made.name, made.progress.total, made.progress.done) == ("Pre-implementation", 3, 0)
    assert tasks.task(copy, made.guards_id, TODAY).name == "Gate"
    later = date(2026, 2, 2) + (date(2026, 3, 2) - date(2026, 1, 5))
    assert {item.due for item in queries.open_items(copy)} == {later}


def test_a_round_is_laid_out_when_the_last_ones_day_has_come(place):
    rounds, (item,) = factories.checklist(place.project, "Weekly", "Look", recurrence="weekly", due=TODAY)
    service.set_due_many(place.project, [item], TODAY, actor=place.manager)
    service.tick(place.project, item, actor=place.manager, now=NOW)
    assert jobs.lay_out_rounds(SYSTEM, NOW - timedelta(days=1)) == 0
    assert jobs.lay_out_rounds(SYSTEM, NOW) == 1
    assert jobs.lay_out_rounds(SYSTEM, NOW) == 0
    made = next(row for row in queries.lists(place.project, TODAY) if row.round == 2)
    assert (made.due, made.progress.done, made.recurrence) == (TODAY + timedelta(7), 0, rules.Recurrence.WEEKLY)
    assert queries.sections(place.project, made.id)[0].items[0].due == TODAY + timedelta(7)
    old = next(row for row in queries.lists(place.project, TODAY) if row.id == rounds)
    assert (old.progress.done, old.recurrence) == (1, rules.Recurrence.ONCE)


def test_the_day_of_a_round_is_that_of_the_projects_zone(place):
    projects.edit(place.project, {"timezone": "Pacific/Auckland"}, actor=SYSTEM)
    factories.checklist(place.project, "Daily", "Look", recurrence="daily", due=date(2026, 2, 19))
    assert jobs.lay_out_rounds(SYSTEM, datetime(2026, 2, 18, 10, 30, tzinfo=UTC)) == 0
    assert jobs.lay_out_rounds(SYSTEM, datetime(2026, 2, 18, 11, 30, tzinfo=UTC)) == 1


def test_a_list_without_rounds_has_no_next_one(place):
    with pytest.raises(RuleBroken):
        service.next_round(place.project, place.list, actor=place.manager, today=TODAY)


def test_mine_are_open_items_of_active_projects(place):
    service.assign_many(place.project, place.items, place.member.id, actor=place.manager)
    service.tick(place.project, place.items[0], actor=place.member, now=NOW)
    assert [row.name for row in queries.mine(place.member.id)] == ["Map", "Load"]
    assert queries.mine(place.member.id, [place.project + 1]) == []
    projects.archive(place.project, actor=SYSTEM, now=NOW)
    assert queries.mine(place.member.id) == []
