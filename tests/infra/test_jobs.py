import json
from dataclasses import replace
from datetime import timedelta
from threading import Event

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from infra.database import db
from infra.jobs import queries, service
from infra.jobs.leadership import DatabaseLeadership, FileLeadership
from infra.jobs.models import JobRun
from infra.jobs.rules import Daily, Every, Job
from infra.jobs.scheduler import Timetable
from tests.fixtures.app import NOW
from web import timetable


def job(act, **more):
    return Job("try", "Try", Every(60), act, **more)


def runs():
    return [(run.job, run.result, run.error) for run in queries.recent()]


def test_a_run_is_recorded_with_what_came_of_it(app):
    outcome = service.run(job(lambda actor, now: f"{actor.name} at {now:%H:%M}"), NOW)
    assert outcome.error == ""
    assert runs() == [("try", "Launch90 at 09:10", "")]


def test_a_failure_is_recorded_and_does_not_stop_the_timetable(app):
    outcome = service.run(job(lambda _actor, _now: 1 / 0, quiet=True), NOW)
    assert outcome.error == "ZeroDivisionError: division by zero"
    assert runs() == [("try", "", outcome.error)]


def test_a_quiet_job_is_recorded_when_it_did_something(app):
    service.run(job(lambda _actor, _now: 0, quiet=True), NOW)
    assert runs() == []
    service.run(job(lambda _actor, _now: 3, quiet=True), NOW)
    assert runs() == [("try", "3", "")]


def test_old_runs_are_forgotten(app):
    service.run(job(lambda _actor, _now: "old"), NOW - timedelta(days=91))
    service.run(job(lambda _actor, _now: "new"), NOW)
    assert service.prune_runs(None, NOW) == 1
    assert [result for _job, result, _error in runs()] == ["new"]


def test_every_job_of_the_timetable_runs(app):
    assert {service.run(each, NOW).error for each in timetable.JOBS} == {""}


def test_one_process_leads_by_a_file(tmp_path):
    first, second = FileLeadership(tmp_path / "lock"), FileLeadership(tmp_path / "lock")
    assert first.mine()
    assert first.mine()
    assert not second.mine()
    first.leave()
    assert second.mine()
    second.leave()


@pytest.mark.postgres
def test_one_process_leads_by_the_database_and_survives_a_lost_connection(fresh_postgres_url):
    engine = sa.create_engine(
        fresh_postgres_url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool
    )
    first, second = DatabaseLeadership(engine), DatabaseLeadership(engine)
    assert first.mine()
    assert not second.mine()
    with engine.connect() as other:
        other.execute(sa.text("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"))
    assert not first.mine()
    assert second.mine() or first.mine()
    first.leave()
    second.leave()


def test_the_timetable_runs_jobs_in_time_where_it_leads(app):
    done = Event()
    running = Timetable(app, (Job("now", "Now", Every(1), lambda _actor, _now: done.set()),))
    idle = Timetable(app, (Job("never", "Never", Daily(2), lambda _actor, _now: None),))
    running.start()
    try:
        assert done.wait(10)
        assert running.leads()
        assert not idle.leads()
    finally:
        running.stop()
    assert idle.leads()
    idle._lead.leave()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(JobRun).where(JobRun.job == "now")) >= 1


@pytest.fixture
def roadmap(app):
    """Runs a command inside the application under test."""

    def run(*arguments):
        group = click.Group(commands={command.name: command for command in timetable.COMMANDS})
        return CliRunner().invoke(group, arguments, obj=lambda: app)

    return run


def test_commands_list_and_run_jobs(roadmap):
    assert "seal-trail" in roadmap("jobs", "list").output
    assert roadmap("jobs", "run", "remove-orphan-files").output == "Nothing to do.\n"
    listed = json.loads(roadmap("jobs", "list", "--format", "json").stdout)["jobs"]
    assert {row["name"]: row["last_run"] for row in listed}["remove-orphan-files"] == NOW.isoformat()


def test_a_command_says_which_jobs_there_are_and_what_failed(app, roadmap):
    unknown = roadmap("jobs", "run", "nothing")
    assert unknown.exit_code == 1
    assert "seal-trail" in unknown.output
    wires = app.extensions["launch90"]
    app.extensions["launch90"] = replace(wires, extras={"jobs": (job(lambda _actor, _now: 1 / 0),)})
    failed = roadmap("jobs", "run", "try")
    assert failed.exit_code == 1
    assert "division by zero" in failed.output


def test_the_page_shows_outcomes_to_administrators_only(world, browse):
    service.run(replace(job(lambda _actor, _now: 1 / 0), name="seal-trail"), NOW)
    page = browse(world.admin).get("/admin/jobs")
    assert "1 job failed" in page.text
    assert "division by zero" in page.text
    assert browse(world.ann).get("/admin/jobs").status_code == 403
