"""The components' page, filled with an invented roll-out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from infra.http import public
from kernel.actor import Actor
from web import shell
from web.dev import forms, rules

bp = Blueprint("dev", __name__, url_prefix="/dev")


@dataclass(frozen=True)
class ExampleProject:
    """The project that the sidebar shows."""

    id: int
    name: str
    subtitle: str
    nav: list[shell.NavItem]


@bp.get("/components")
@public
def components() -> ResponseReturnValue:
    """Show every component, in both themes beside each other."""
    _dress()
    return render_template("dev/components.html", examples=rules, example_form=forms.example)


def _dress() -> None:
    """Surround the page with an example of the frame."""
    frame = shell.current()
    frame.actor = Actor(0, "Priya Nair", "priya.nair@aldermoor.example")
    frame.nav = [
        shell.NavItem("Portfolio", "/", "portfolio"),
        shell.NavItem("My work", "/my-work", "work", count=9),
        shell.NavItem("CRM", "/crm", "crm"),
    ]
    frame.admin_nav = [shell.NavItem("Components", "/dev/components", "board", active=True)]
    frame.project = ExampleProject(1, "Europe launch", "Week 7 of 12 · day 45", _project_nav())
    frame.projects = [("Europe launch", "/projects/1"), ("UK and Ireland", "/projects/2")]
    frame.crumbs = [("Portfolio", "/"), ("Europe launch", "/projects/1"), ("Components", None)]
    frame.notices = 3
    frame.ruler = rules.example_ruler()


def _project_nav() -> list[shell.NavItem]:
    return [
        shell.NavItem("Overview", "/projects/1", "home"),
        shell.NavItem("Roadmap", "/projects/1/roadmap", "roadmap"),
        shell.NavItem("Checklists", "/projects/1/checklists", "checklist", count="43 / 88"),
        shell.NavItem("Risks", "/projects/1/risks", "risk", count=1),
        shell.NavItem("Readiness", "/projects/1/readiness", "readiness", count="No-go"),
        shell.NavItem("Adoption", "/projects/1/adoption", "adoption"),
        shell.NavItem("Status reports", "/projects/1/reports", "report"),
    ]
