"""The figures of the CRM on the command line, over the teams that a roll-out is for."""

import json
from datetime import timedelta

from click.testing import CliRunner

from crm.kpis.cli import crm
from kernel.actor import SYSTEM
from roadmap.audience import service
from tests import factories
from tests.fixtures.app import NOW

DAYS = ("--from", "2026-01-19", "--to", NOW.date().isoformat())


def printed(app, *options: str):
    """What the command says, by the key of the figure."""
    done = CliRunner().invoke(crm, ["kpis", *DAYS, *options, "--format", "json"], obj=lambda: app)
    assert done.exit_code == 0, done.output
    return {each["key"]: each for each in json.loads(done.output)["kpis"]}


def test_a_roll_out_counts_the_records_of_its_teams_and_of_those_below(app):
    sales, service_ = factories.team("Sales"), factories.team("Service")
    north = factories.team("North", sales)
    for team, count in ((north, 3), (service_, 2)):
        who = factories.crm_role(factories.person(), "sales-representative", team)
        for _ in range(count):
            factories.record("lead", by=who, at=NOW - timedelta(days=2), status="mql")
    chosen, everybody = factories.project(), factories.project(name="Another")
    service.choose(chosen, [sales], actor=SYSTEM)
    assert printed(app)["mql"]["value"] == 5
    assert printed(app, "--project", str(everybody))["mql"]["value"] == 5
    assert printed(app, "--project", str(chosen))["mql"]["value"] == 3
    assert printed(app, "--project", str(chosen)).keys() == printed(app).keys()
    service.name(chosen, who.id, actor=SYSTEM)
    assert printed(app, "--project", str(chosen))["mql"]["value"] == 5


def test_a_roll_out_that_is_not_there_is_said(app):
    done = CliRunner().invoke(crm, ["kpis", "--project", "4711"], obj=lambda: app)
    assert done.exit_code != 0
    assert "There is no project 4711." in f"{done.output}{done.exception}"
