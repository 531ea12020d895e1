"""Asking for, changing, closing action items; whom it is told; what follows the plan."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.notices.models import Notice
from infra.database import db
from infra.transaction import transaction
from infra.undo import undo
from kernel.errors import NotFound, RuleBroken
from roadmap.actions import queries, rules, service
from roadmap.actions.models import ActionItem
from roadmap.actions.rules import ActionData
from roadmap.projects import service as projects
from roadmap.projects.rules import Clash
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)


def told():
    return [(row.kind, row.person_id, row.label) for row in db.session.scalars(select(Notice).order_by(Notice.id))]


def test_numbers_run_within_a_project(team, ask):
    ask("One"), ask("Two")
    service.add_action(team.elsewhere, ActionData("Other"), actor=factories.administrator(), now=NOW)
    assert [row.code for row in queries.rows(team.project)] == ["A-01", "A-02"]
    assert [row.code for row in queries.rows(team.elsewhere)] == ["A-01"]


def test_it_knows_where_it_came_from(team, ask, said):
    ask("From the task", subject=f"task:{team.task}"), ask("From what was said", subject=said), ask("From nowhere")
    rows = queries.rows(team.project)
    assert [row.source for row in rows] == ["task", "comment", ""]
    shown = queries.sources(rows, team.manager)
    assert shown[said].label == "We should ask finance. Soon."
    assert shown[said].address.endswith(f"#comment-{said.partition(':')[2]}")
    assert [row.title for row in queries.of_subject(f"task:{team.task}")] == ["From the task"]
    assert list(queries.of_subjects([said, "risk:9"])) == [said]


def test_the_owner_is_told_and_who_asked_hears_when_it_is_done(team, ask):
    made = ask(owner_id=team.member.id)
    service.complete(team.project, made, "Called, they come on Monday.", actor=team.member, now=NOW)
    assert told() == [
        ("assigned", team.member.id, "Call the vendor"),
        ("action_done", team.manager.id, "Call the vendor"),
    ]
    row = queries.action(team.project, made)
    assert (row.state, row.outcome, row.closed_by) == ("done", "Called, they come on Monday.", "Samira Haddad")


def test_what_is_closed_is_opened_before_it_goes_elsewhere(team, ask):
    made = ask()
    service.drop(team.project, made, "The vendor wrote.", actor=team.manager, now=NOW)
    with pytest.raises(RuleBroken, match="opened again first"):
        service.complete(team.project, made, actor=team.manager, now=NOW)
    service.reopen(team.project, made, actor=team.manager)
    row = queries.action(team.project, made)
    assert (row.state, row.closed_at, row.outcome) == ("open", None, "The vendor wrote.")


def test_done_twice_is_done_once(team, ask):
    made = ask()
    service.complete(team.project, made, "First.", actor=team.manager, now=NOW)
    service.complete(team.project, made, "Second.", actor=team.member, now=NOW)
    assert queries.action(team.project, made).outcome == "First."


def test_several_at_once(team, ask):
    ids = [ask("One"), ask("Two"), ask("Three")]
    service.assign(team.project, ids, team.member.id, actor=team.manager)
    service.set_due(team.project, ids, date(2026, 3, 2), actor=team.manager)
    service.complete(team.project, ids[0], actor=team.member, now=NOW)
    count, _work = service.complete_many(team.project, ids, actor=team.manager, now=NOW)
    assert count == 2
    assert {(row.owner, row.due, row.state) for row in queries.rows(team.project)} == {
        ("Samira Haddad", date(2026, 3, 2), "done")
    }
    assert [each for each in told() if each[0] == "assigned"] == [("assigned", team.member.id, "One")]
    with pytest.raises(NotFound):
        service.assign(team.elsewhere, ids, None, actor=team.manager)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"title": "  "}, "title", "Say what is to be done"),
        ({"title": "x" * 301}, "title", "at most 300"),
        ({"details": "x" * 20_001}, "details", "20001 characters; at most 20000"),
        ({"due": date(2026, 1, 4)}, "due", "before the start of the roll-out, 2026-01-05"),
        ({"due": date(2200, 1, 1)}, "due", "before the year 2200"),
        ({"owner_id": 9_999}, "owner_id", "somebody of this project"),
        ({"subject": "task:999"}, "subject", "not in this roll-out"),
        ({"subject": "moon:1"}, "subject", "not in this roll-out"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(team, ask, values, field, sentence):
    with pytest.raises(RuleBroken) as broken:
        ask(**{"title": "Call", **values})
    assert broken.value.field == field
    assert sentence in str(broken.value)
    assert queries.rows(team.project) == []


def test_a_subject_of_another_project_is_refused(team):
    theirs = factories.task(team.elsewhere, "Not ours")
    with pytest.raises(RuleBroken, match="not in this roll-out"):
        service.add_action(
            team.project, ActionData("Call", subject=f"task:{theirs}"), actor=factories.administrator(), now=NOW
        )


def test_two_people_who_change_different_fields_both_win(team, ask):
    made = ask(details="Old")
    base = {"title": "Call the vendor", "details": "Old"}
    service.change(team.project, made, {"title": "Ring the vendor", "details": "Old"}, actor=team.member, base=base)
    service.change(team.project, made, {"title": "Call the vendor", "details": "New"}, actor=team.manager, base=base)
    row = queries.action(team.project, made)
    assert (row.title, row.details) == ("Ring the vendor", "New")
    with pytest.raises(Clash):
        service.change(team.project, made, {"title": "Write"}, actor=team.manager, base=base)


def test_a_press_can_be_taken_back(team, ask):
    made = ask()
    undo(service.complete(team.project, made, actor=team.manager, now=NOW).transaction_id, actor=team.manager)
    assert queries.action(team.project, made).state == "open"


def test_a_day_follows_the_plan_until_it_is_set_by_hand(team, ask):
    made = ask()
    with transaction(team.manager, "action.changed") as work:
        kept = work.session.get(ActionItem, made)
        kept.anchor_id, kept.due_offset = team.task, 2
    projects.change_start(team.project, date(2026, 1, 12), actor=team.manager)
    assert queries.action(team.project, made).due == date(2026, 1, 14)
    service.set_due(team.project, [made], date(2026, 2, 2), actor=team.manager)
    projects.change_start(team.project, date(2026, 1, 19), actor=team.manager)
    assert queries.action(team.project, made).due == date(2026, 2, 2)
    service.set_due(team.project, [made], None, actor=team.manager)
    assert queries.action(team.project, made).due == date(2026, 1, 21)


def test_my_open_ones_are_those_of_running_projects_that_i_see(team, ask):
    ask("Late", owner_id=team.member.id, due=date(2026, 2, 3)), ask("Undated", owner_id=team.member.id)
    ask("Not mine", owner_id=team.other.id)
    assert [row.title for row in queries.open_of(team.member.id)] == ["Late", "Undated"]
    assert queries.open_of(team.member.id, []) == []
    projects.archive(team.project, actor=team.manager, now=NOW)
    assert queries.open_of(team.member.id) == []
    with pytest.raises(RuleBroken):
        ask("Too late")


def test_counts_by_project(team, ask):
    ask("Late", due=date(2026, 2, 3)), ask("Soon", due=date(2026, 2, 20)), ask("Some day")
    done = ask("Done")
    service.complete(team.project, done, actor=team.manager, now=NOW)
    assert queries.counts([team.project, team.elsewhere], TODAY) == {
        team.project: rules.Counts(open=3, done=1, dropped=0, late=1, soon=1)
    }
    assert [row.title for row in queries.late(team.project, TODAY)] == ["Late"]


@given(st.text(max_size=400))
def test_a_title_is_kept_on_one_line_or_refused(text):
    words = " ".join(text.split())
    if 0 < len(words) <= rules.TITLE_LIMIT:
        assert rules.check_title(text) == words
    else:
        with pytest.raises(RuleBroken):
            rules.check_title(text)
