"""Baselines as they are taken, compared, superseded, removed and brought back."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from infra.database import db
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from roadmap.baselines import queries, service
from roadmap.baselines.models import BaselineTask
from roadmap.baselines.rules.frozen import NAME_LIMIT, Proof, read_back, written
from roadmap.baselines.rules.variance import Change, compare
from roadmap.costs import service as costs
from roadmap.costs.service import RateData
from roadmap.outline import service as outline
from roadmap.staffing import service as staffing
from roadmap.tasks import queries as plans
from roadmap.tasks import service as tasks
from tests import factories

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = 480


@pytest.fixture
def project(app):
    return factories.project()


@pytest.fixture
def plan(project):
    """A summary with two tasks, the second of which is priced at 60 an hour."""
    role = staffing.add_role(project, {"name": "Data lead"}, actor=SYSTEM)[0]
    costs.set_rate(project, RateData(date(2026, 1, 5), 6000, role, None), actor=SYSTEM, today=date(2026, 1, 5))
    summary = factories.task(project, "Data")
    clean = factories.task(project, "Clean", parent_id=summary, duration_minutes=2 * DAY)
    load = factories.task(project, "Load", parent_id=summary, after=clean, duration_minutes=DAY, role_id=role)
    return summary, clean, load


def take(project, name="Kick-off", *, reference=True):
    return service.take(project, name, "", reference=reference, actor=SYSTEM, now=NOW)[0]


def differences(project, before, after=None):
    now = queries.named_of(after) if after else queries.as_it_stands(project)
    return {each.name: each for each in compare(queries.named_of(before), now, queries.calendar_of(project))}


def test_a_baseline_freezes_dates_duration_work_and_cost_and_summaries_add_up(project, plan):
    rows = queries.rows_of(take(project))
    summary, clean, load = (rows[id] for id in plan)
    assert (clean.duration_minutes, clean.work_minutes, clean.cost_cents) == (2 * DAY, 2 * DAY, None)
    assert (load.start.date(), load.work_minutes, load.cost_cents) == (date(2026, 1, 7), DAY, 8 * 6000)
    assert (summary.work_minutes, summary.cost_cents) == (3 * DAY, 8 * 6000)


def test_the_first_is_the_reference_and_the_next_supersedes_it_unless_it_is_kept_aside(project, plan):
    first, aside = take(project), take(project, "Aside", reference=False)
    assert queries.reference_of(project).id == first
    second = take(project, "Re-plan")
    assert queries.reference_of(project).id == second
    assert queries.get(project, first).superseded_by_id == second
    assert queries.get(project, aside).superseded_by_id is None


def test_what_changed_since_is_told_by_task(project, plan):
    _summary, clean, load = plan
    before = take(project)
    tasks.change(project, clean, {"duration_minutes": 4 * DAY}, actor=SYSTEM, now=NOW)
    new = factories.task(project, "Check", after=load)
    found = differences(project, before)
    assert found["Clean"].duration_minutes == 2 * DAY
    assert (found["Load"].start_days, found["Load"].finish_days, found["Load"].cost_cents) == (2, 2, 0)
    assert found["Check"].change is Change.NEW
    outline.delete(project, [new, load], actor=SYSTEM)
    gone = differences(project, before)
    assert (gone["Load"].change, gone["Load"].finish_days) == (Change.GONE, None)


def test_two_of_the_same_plan_do_not_differ(project, plan):
    found = differences(project, take(project), take(project, "Again"))
    assert {each.change for each in found.values()} == {Change.SAME}


def test_a_removed_baseline_hands_its_place_back_and_undo_restores_it(project, plan):
    first, second = take(project), take(project, "Re-plan")
    work = service.remove(project, second, actor=SYSTEM, now=NOW)
    assert queries.reference_of(project).id == first
    with pytest.raises(NotFound):
        queries.get(project, second)
    undo(work.transaction_id, actor=SYSTEM)
    assert queries.reference_of(project).id == second
    assert len(queries.rows_of(second)) == 3


def test_the_reference_can_be_chosen_and_chosen_back(project, plan):
    first, second = take(project), take(project, "Re-plan")
    work = service.refer(project, first, actor=SYSTEM)
    assert queries.get(project, second).superseded_by_id == first
    undo(work.transaction_id, actor=SYSTEM)
    assert queries.reference_of(project).id == second


def test_frozen_rows_prove_that_they_are_unchanged(project, plan):
    made = take(project)
    assert queries.proofs_of([made]) == {made: Proof.VERIFIED}
    db.session.query(BaselineTask).filter_by(task_id=plan[1]).one().work_minutes = 1
    db.session.flush()
    assert queries.proofs_of([made]) == {made: Proof.ALTERED}


@pytest.mark.parametrize(
    "altered",
    [
        {"parent_id": 999},
        {"phase_id": 999},
        {"is_go_live": True},
        {"stop": datetime(2026, 1, 6, 12)},
        {"resume": datetime(2026, 1, 8, 8)},
        {"percent": 50.0},
    ],
    ids=lambda each: next(iter(each)),
)
def test_the_proof_covers_where_a_row_stands_and_how_far_it_was(project, plan, altered):
    made = take(project)
    db.session.query(BaselineTask).filter_by(baseline_id=made, task_id=plan[1]).update(altered)
    assert queries.proofs_of([made]) == {made: Proof.ALTERED}


def test_a_baseline_that_was_sealed_when_less_was_covered_still_proves_it(project, plan, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(queries, "_DIGESTED_SINCE", ())
        made = take(project)
    assert queries.proofs_of([made]) == {made: Proof.VERIFIED}
    db.session.query(BaselineTask).filter_by(baseline_id=made, task_id=plan[1]).update({"work_minutes": 1})
    assert queries.proofs_of([made]) == {made: Proof.ALTERED}


def by_hand(sql, **values):
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text(sql), values)


def test_a_digest_that_was_made_to_fit_does_not_deceive_the_trail(project, plan):
    made, other = take(project), take(project, "Re-plan")
    by_hand("UPDATE baseline_task SET work_minutes = 1 WHERE baseline_id = :id", id=made)
    by_hand("UPDATE baseline SET digest = :digest WHERE id = :id", digest=queries.digests_of([made])[made][0], id=made)
    assert queries.proofs_of([made, other]) == {made: Proof.ALTERED, other: Proof.VERIFIED}


def test_the_list_says_of_each_baseline_whether_it_is_as_it_was_frozen(client, project, plan):
    kept, changed, unknown = (take(project, name) for name in ("Kept", "Changed", "Unknown"))
    by_hand("UPDATE baseline SET currency = 'XTS' WHERE id = :id", id=changed)
    by_hand("DELETE FROM audit_entry WHERE subject = :subject", subject=f"baseline:{unknown}")
    assert list(queries.proofs_of([kept, changed, unknown]).values()) == list(Proof)
    factories.sign_in(client, factories.person("Max", projects={project: "manager"}))
    page = client.get(f"/projects/{project}/value").text
    said = re.findall(r'data-label="As it was frozen">.*?</svg>(\w+)<', page, re.DOTALL)
    assert said == ["unverified", "altered", "verified"]
    assert "nothing proves that it is as it was" in client.get(f"/projects/{project}/baselines/{unknown}").text


@pytest.mark.parametrize(
    ("name", "says"),
    [("  ", "Give the baseline a name"), ("x" * (NAME_LIMIT + 1), "At most 120"), ("kick-OFF", "already")],
)
def test_a_name_that_will_not_do_says_why(project, plan, name, says):
    take(project)
    with pytest.raises(RuleBroken, match=says):
        take(project, name)


def test_an_empty_plan_has_nothing_to_freeze(project):
    with pytest.raises(RuleBroken, match="nothing to freeze"):
        take(project)


def test_another_projects_baseline_is_not_found(project, plan):
    made, other = take(project), factories.project("Other")
    with pytest.raises(NotFound):
        service.remove(other, made, actor=SYSTEM, now=NOW)
    with pytest.raises(NotFound):
        service.refer(other, made, actor=SYSTEM)


def test_working_time_reads_back_as_it_was_written(project):
    calendar = plans.working_time_of(project)
    assert read_back(written(calendar)) == calendar
