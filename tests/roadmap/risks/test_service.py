"""Raising, rating, answering, reviewing and closing; what follows the plan and its copies; whom it is told."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.notices.models import Notice
from desk.template.queries import load
from infra.database import db
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from roadmap.actions import queries as actions
from roadmap.projects import service as projects
from roadmap.projects.rules import Clash
from roadmap.risks import jobs, queries, rules, seed, service
from roadmap.risks.rules import Rating, ResponseData, RiskData, State
from roadmap.tasks import queries as tasks
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)


def later(days):
    return NOW + timedelta(days=days)


def told():
    return [(row.kind, row.person_id) for row in db.session.scalars(select(Notice).order_by(Notice.id))]


def test_a_first_rating_is_the_inherent_one(team, raised):
    made = raised()
    row = queries.risk(team.project, made)
    assert (row.code, row.state, row.inherent, row.now, row.target) == ("R-01", "assessed", Rating(4, 5), row.now, None)
    unrated = queries.risk(team.project, raised("Only a feeling", None, None))
    assert (unrated.state, unrated.score) == ("identified", None)
    service.score(team.project, unrated.id, Rating(2, 2), "Looked at it.", actor=team.manager, now=NOW)
    assert queries.risk(team.project, unrated.id).state == "assessed"


def test_a_risk_lives_from_raised_to_closed(team, raised, answered):
    made = raised(owner_id=team.member.id)
    response = answered(made, owner_id=team.other.id, due=date(2026, 2, 20))
    assert queries.risk(team.project, made).state == "response planned"
    service.complete_response(team.project, response, "588 completed by hand.", actor=team.other, now=later(1))
    row = queries.risk(team.project, made)
    assert (row.state, row.next_response) == ("response in progress", None)
    assert queries.rescore_due(row, queries.scores(made)).id == response
    service.score(team.project, made, Rating(2, 3), "Few are left.", actor=team.member, now=later(2))
    row = queries.risk(team.project, made)
    assert queries.rescore_due(row, queries.scores(made)) is None
    assert (row.inherent.score, row.score) == (20, 6)
    service.move(team.project, made, "closed", actor=team.member, now=later(3))
    assert [each.rating for each in queries.scores(made)] == [None, Rating(2, 3), Rating(4, 5)]
    assert told() == [("assigned", team.member.id), ("assigned", team.other.id), ("action_done", team.member.id)]


def test_a_critical_risk_is_closed_only_with_what_was_done(team, raised, answered):
    made = raised()
    with pytest.raises(RuleBroken, match="before closing a critical risk"):
        service.move(team.project, made, "closed", " ", actor=team.manager, now=NOW)
    service.move(team.project, made, "closed", "Rehearsed until it fitted.", actor=team.manager, now=NOW)
    assert queries.risk(team.project, made).outcome == "Rehearsed until it fitted."


def test_exposure_knows_the_past(team, raised):
    begun = datetime(2026, 1, 6, 9, tzinfo=UTC)
    first, second = raised(now=begun), raised("Budget runs out", 3, 4, now=begun)
    raised("Only a feeling", None, None)
    service.score(team.project, first, Rating(2, 3), actor=team.manager, now=NOW)
    service.move(team.project, second, "rejected", "The sponsor pays.", actor=team.manager, now=NOW)
    assert queries.exposure(team.project, date(2026, 2, 1)) == rules.Exposure(32, 100, 1, 3)
    assert queries.exposure(team.project, TODAY) == rules.Exposure(6, 100, 0, 2)
    service.move(team.project, second, "identified", actor=team.manager, now=later(1))
    assert queries.exposure(team.project, TODAY + timedelta(days=1)).total == 18
    service.set_appetite(team.project, 5, actor=team.manager)
    assert queries.exposure(team.project, TODAY).above
    assert queries.exposures([team.project, team.elsewhere], TODAY)[team.elsewhere] == rules.Exposure(0, 100, 0, 0)


def test_the_heaviest_of_each_project(team, raised):
    raised("Light", 1, 1), raised("Only a feeling", None, None)
    heavy = raised("Heavy", 5, 5)
    assert {id: row.id for id, row in queries.top([team.project, team.elsewhere]).items()} == {team.project: heavy}


def test_reading_takes_the_same_few_statements_for_many_risks(team, raised, answered, asked):
    for number in range(8):
        answered(raised(f"Risk {number}"))
    with asked() as seen:
        rows = queries.register(team.project)
    assert len(rows) == 8
    assert sum(each.startswith("SELECT") for each in seen) == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 20_000}, "title"),
        ({"description": "x" * 20_001}, "description"),
        ({"category": "x" * 81}, "category"),
        ({"probability": 6}, "probability"),
        ({"impact": 0}, "probability"),
        ({"probability": None}, "probability"),
        ({"target_probability": 3}, "target_probability"),
        ({"target_probability": 9, "target_impact": 1}, "target_probability"),
        ({"chance": 120}, "chance"),
        ({"days_low": 5.0}, "days_high"),
        ({"days_low": 9.0, "days_high": 2.0}, "days_high"),
        ({"cost_low": -1, "cost_high": 5}, "cost_high"),
        ({"owner_id": 9_999}, "owner_id"),
        ({"phase_id": 9_999}, "phase_id"),
        ({"review_on": date(2025, 12, 31)}, "review_on"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(team, raised, values, field):
    with pytest.raises(RuleBroken) as broken:
        raised(**values)
    assert broken.value.field == field
    assert queries.register(team.project) == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (ResponseData("pray", "Hope"), "kind"),
        (ResponseData("avoid", "  "), "text"),
        (ResponseData("avoid", "x" * 20_001), "text"),
        (ResponseData("avoid", "Do it", owner_id=9_999), "owner_id"),
        (ResponseData("avoid", "Do it", due=date(2026, 1, 1)), "due"),
    ],
)
def test_a_response_that_makes_no_sense_is_refused(team, raised, data, field):
    with pytest.raises(RuleBroken) as broken:
        service.add_response(team.project, raised(), data, actor=team.manager, now=NOW)
    assert broken.value.field == field


def test_only_what_is_of_the_project_can_be_linked(team, raised):
    made = raised()
    theirs = factories.task(team.elsewhere, "Not ours")
    service.link(team.project, made, f"task:{team.task}", actor=team.manager)
    service.link(team.project, made, f"task:{team.task}", actor=team.manager)
    for key in (f"task:{theirs}", "task:9999", f"risk:{made}", "", "task:x"):
        with pytest.raises(RuleBroken, match="task or a checklist item of this roll-out"):
            service.link(team.project, made, key, actor=factories.administrator())
    [(number, subject)] = queries.links(made, team.manager)
    assert subject.label == "Cleanse addresses"
    assert [row.id for row in queries.of_subject(team.project, f"task:{team.task}")] == [made]
    with pytest.raises(NotFound):
        service.unlink(team.elsewhere, made, number, actor=team.manager)
    service.unlink(team.project, made, number, actor=team.manager)
    assert queries.links(made, team.manager) == []


def test_another_projects_risk_is_not_there(team, raised, answered):
    made = raised()
    response = answered(made)
    acts = (
        lambda: queries.risk(team.elsewhere, made),
        lambda: service.score(team.elsewhere, made, Rating(1, 1), actor=SYSTEM, now=NOW),
        lambda: service.move(team.elsewhere, made, "closed", actor=SYSTEM, now=NOW),
        lambda: service.complete_response(team.elsewhere, response, actor=SYSTEM, now=NOW),
        lambda: service.assign(team.elsewhere, [made], None, actor=SYSTEM),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()


def test_a_review_sets_the_next_one_and_owners_are_reminded_once(team, raised):
    made = raised(owner_id=team.member.id, review_on=date(2026, 2, 10))
    assert queries.risk(team.project, made).review_late(TODAY)
    assert jobs.remind_of_reviews(SYSTEM, NOW) == 1
    jobs.remind_of_reviews(SYSTEM, NOW)
    assert told().count(("risk_review", team.member.id)) == 1
    service.review(team.project, made, "Unchanged.", date(2026, 3, 4), actor=team.member, now=NOW)
    assert jobs.remind_of_reviews(SYSTEM, NOW) == 0
    [kept] = queries.reviews(made)
    assert (kept.day, kept.text, kept.next_on, kept.person) == (TODAY, "Unchanged.", date(2026, 3, 4), "Samira Haddad")
    with pytest.raises(RuleBroken, match="after today"):
        service.review(team.project, made, "", TODAY, actor=team.member, now=NOW)


def test_changes_of_two_people_meet_field_by_field(team, raised):
    made = raised(description="Old")
    base = {"title": "Addresses can't be matched", "description": "Old"}
    service.change(team.project, made, {**base, "title": "Addresses do not match"}, actor=team.member, base=base)
    service.change(team.project, made, {**base, "description": "New"}, actor=team.manager, base=base)
    row = queries.risk(team.project, made)
    assert (row.title, row.description) == ("Addresses do not match", "New")
    with pytest.raises(Clash):
        service.change(team.project, made, {"title": "Other"}, actor=team.manager, base=base)


def test_what_was_done_can_be_taken_back(team, raised, answered):
    made = raised()
    undo(
        service.score(team.project, made, Rating(1, 1), actor=team.manager, now=NOW).transaction_id, actor=team.manager
    )
    assert queries.risk(team.project, made).score == 20
    assert len(queries.scores(made)) == 1
    response = answered(made)
    undo(service.remove_response(team.project, response, actor=team.manager).transaction_id, actor=team.manager)
    assert [each.id for each in queries.risk(team.project, made).responses] == [response]


def test_an_archived_project_takes_no_risks(team, raised):
    made = raised()
    projects.archive(team.project, actor=team.manager, now=NOW)
    with pytest.raises(RuleBroken):
        service.score(team.project, made, Rating(1, 1), actor=team.manager, now=NOW)


def test_the_templates_risks_and_actions_are_planted_and_follow_the_plan(roll_out):
    template = load("crm-90-day")
    rows = queries.register(roll_out)
    assert [row.key for row in rows] == [entry.key for entry in template.risks]
    assert {row.state for row in rows} == {"response planned"}
    assert [row.score for row in rows] == [entry.score for entry in template.risks]
    wanted = sum(len(meeting.actions) for meeting in template.meetings)
    asked = actions.rows(roll_out)
    assert len(asked) == wanted
    assert all(row.subject.startswith("foreseen:") and row.due for row in asked)
    phase_end = {row.name: row.finish.date() for row in tasks.rows(roll_out, TODAY) if row.type == "summary"}
    assert all(row.responses[0].due == phase_end[row.phase] for row in rows)
    before = {row.id: row.due for row in asked}
    projects.change_start(roll_out, date(2026, 1, 19), actor=SYSTEM)
    assert {row.id: row.due - before[row.id] for row in actions.rows(roll_out)} == dict.fromkeys(
        before, timedelta(weeks=2)
    )
    assert seed.harvest(roll_out)[0].key == rows[0].key


def test_a_copy_has_the_risks_afresh_and_only_the_templates_actions(roll_out):
    first, second, *_rest = queries.register(roll_out)
    service.score(roll_out, first.id, Rating(1, 1), actor=SYSTEM, now=NOW)
    service.complete_response(roll_out, first.responses[0].id, "Done.", actor=SYSTEM, now=NOW)
    service.move(roll_out, second.id, State.REJECTED, "Not here.", actor=SYSTEM, now=NOW)
    service.add_risk(roll_out, RiskData("Ours", probability=2, impact=2), actor=SYSTEM, now=NOW)
    copy = projects.copy(roll_out, "Again", date(2026, 3, 2), actor=SYSTEM, now=NOW)
    rows = queries.register(copy)
    assert len(rows) == len(queries.register(roll_out)) - 1
    assert (rows[0].now, rows[0].state, rows[0].responses[0].done_at) == (first.inherent, "response planned", None)
    assert rows[-1].title == "Ours"
    theirs, ours = actions.rows(copy), actions.rows(roll_out)
    assert len(theirs) == len(ours)
    assert not {row.subject for row in theirs} & {row.subject for row in ours}
