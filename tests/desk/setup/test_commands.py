"""`roadmap project new`."""

import json

import pytest
from click.testing import CliRunner

from accounts.access.queries import actor_of
from desk.setup.cli import project
from infra.database import db
from kernel.actor import SYSTEM, project_scope
from roadmap.projects import queries as projects
from tests import factories


@pytest.fixture
def run(app):
    return lambda *arguments: CliRunner().invoke(project, ["new", *arguments], obj=lambda: app)


def test_it_prints_the_number(run):
    answer = run("Europe launch", "--start", "2026-03-02")
    [row] = projects.visible(SYSTEM)
    assert (answer.exit_code, answer.stdout.strip()) == (0, str(row.id))


def test_it_prints_json_and_takes_every_option(run):
    priya = factories.person("Priya", email="priya@example.org")
    options = ("--holidays", "de-by", "--target", "2026-04-24", "--manager", "Priya@example.org", "--format", "json")
    answer = run("Europe launch", "--template", "crm-90-day", "--start", "2026-03-02", *options)
    db.session.rollback()
    [row] = projects.visible(SYSTEM)
    assert json.loads(answer.stdout) == {"id": row.id}
    assert row.target_go_live.isoformat() == "2026-04-24"
    assert "manager" in actor_of(priya.id).roles_in(project_scope(row.id))


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("A",), 2, "--start"),
        (("A", "--start", "Monday"), 2, "does not match"),
        (("", "--start", "2026-03-02"), 1, "name"),
        (("A", "--start", "2026-03-02", "--template", "none"), 1, "crm-90-day"),
        (("A", "--start", "2026-03-02", "--holidays", "ZZ"), 1, "ZZ"),
        (("A", "--start", "2026-03-02", "--holidays", "BE-BY"), 1, "BY"),
        (("A", "--start", "2026-03-02", "--manager", "nobody@example.org"), 1, "nobody@example.org"),
        (("A", "--start", "2026-03-02", "--target", "2026-03-01"), 1, "after the start"),
    ],
)
def test_it_says_what_is_wrong(run, arguments, status, said):
    answer = run(*arguments)
    assert answer.exit_code == status
    assert said in answer.stderr
    assert projects.visible(SYSTEM) == []
