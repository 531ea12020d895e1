"""Whom a roll-out brings on board."""

from __future__ import annotations

from datetime import date

from adoption.crew import queries
from kernel.actor import SYSTEM
from roadmap.audience import service as audience
from tests import factories


def test_the_crew_are_the_people_with_a_role_in_the_teams_chosen(app):
    project, north, south = factories.project(), factories.team("North"), factories.team("South")
    lead = factories.crm_role(factories.person("Lena Lead"), "sales-manager", north, leads=True)
    factories.crm_role(factories.person("Rolf Rep"), "sales-representative", south)
    factories.person("Nora Nobody")
    assert [each.name for each in queries.crew(project).members] == ["Lena Lead", "Rolf Rep"]
    audience.choose(project, [north], actor=SYSTEM)
    found = queries.crew(project)
    assert [(each.name, each.team, each.roles, each.leads) for each in found.members] == [
        ("Lena Lead", "North", ("sales-manager",), True)
    ]
    assert (found.ids, found.live_since) == ({lead.id}, None)


def test_it_is_live_since_the_day_that_was_said(app):
    project = factories.project()
    audience.launch(project, date(2026, 2, 2), actor=SYSTEM)
    assert queries.crew(project).live_since == date(2026, 2, 2)
