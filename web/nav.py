"""The navigation: which places there are, who is shown them, and the frame of the project that one is in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from accounts.notices import queries as notices
from checklists import queries as checklists
from desk.my_work import queries as my_work
from infra import formats
from infra.database import db
from infra.forms import lazy as _l
from infra.http import may
from kernel.actor import Actor
from readiness.gates.rules.decision import Decision
from readiness.verdict import charts as verdicts
from readiness.verdict import queries as readiness
from roadmap.branches import queries as branches
from roadmap.projects import queries as projects
from roadmap.projects.queries import ProjectRow
from roadmap.projects.rules import WEEKS
from roadmap.resources import queries as resources
from roadmap.risks import queries as risks
from roadmap.ruler import rules as ruler
from roadmap.tasks import queries as tasks
from web import crm_nav
from web.shell import NavItem, Shell

_CURRENT = "active"
_ROOMS_OF_ONE_PLACE = {
    "issued": "report",
    "share": "report",
    "criterion": "readiness",
    "asked": "readiness",
    "meeting": "readiness",
    "pack": "readiness",
    "launch": "readiness",
    "baselines": "value",
    "audience": "team",
    "scope": "changes",
    "adoption_forecast": "adoption",
    "executive": "portfolio",
    "weekly": "portfolio",
    "adoption_help": "adoption",
    "recognition": "adoption",
}
"""Blueprints that stand under the place of another one."""


@dataclass(frozen=True, slots=True)
class ProjectFrame:
    """The project that the sidebar shows."""

    id: int
    name: str
    subtitle: str
    nav: list[NavItem]


@dataclass(frozen=True, slots=True)
class BranchBand:
    """What stands over the pages of a branch; an address is empty where the reader may not go there."""

    name: str
    trunk: str
    open: bool
    compare: str
    merge: str
    throw_away: str


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the navigation counts; that of a project is 0 outside of one."""

    due: int
    unread: int
    ticked: int = 0
    items: int = 0
    critical: int = 0
    go_live: datetime | None = None
    decision: str | None = None

    @property
    def lists(self) -> str | None:
        """How far the checklists are."""
        return f"{self.ticked} / {self.items}" if self.items else None

    @property
    def verdict(self) -> str | None:
        """What was kept last of the gate that decides: its word."""
        return verdicts.short_words()[Decision(self.decision)] if self.decision else None


def fill(shell: Shell, actor: Actor) -> None:
    """Give a signed-in person's page its places."""
    project_id = (request.view_args or {}).get("project_id")
    counts = _counts(actor, project_id)
    shell.nav = [
        _item(_("Portfolio"), "portfolio.page", "portfolio"),
        _my_work(counts.due),
        *crm_nav.door(actor),
        *([_across_projects()] if resources.may_survey(actor) else []),
        *([_item(_("Templates"), "templates.page", "template")] if may("project.create") else []),
        *(crm_nav.places(actor) if crm_nav.is_inside() else []),
    ]
    shell.admin_nav = [_administration()] if may("people.see") else []
    shell.notices = counts.unread
    if actor.viewer is not None:
        shell.nav, shell.admin_nav, shell.notices = [*crm_nav.places(actor)], [], None
    shell.crumbs = [(_("Portfolio"), url_for("portfolio.page"))]
    if project_id is not None:
        _fill_project(shell, actor, project_id, counts)
    elif request.endpoint != "portfolio.page":
        shell.crumbs = _crumbs([*shell.nav, *shell.admin_nav])
    else:
        shell.crumbs = [(_("Portfolio"), None)]


_ROOMS_OUTSIDE: dict[str, tuple[str, str, str]] = {
    "executive": (_l("For executives"), "executive.page", ""),
    "weekly": (_l("The weekly word"), "weekly.page", ""),
    "people": (_l("People"), "people.page", ""),
    "reviews": (_l("Access reviews"), "reviews.page", ""),
    "policy": (_l("Policy of signing in"), "policy.page", ""),
    "adoption_policy": (_l("Who sees whose use"), "adoption_policy.page", ""),
    "calendars": (_l("Working calendars"), "calendars.page", ""),
    "audit": (_l("Audit trail"), "audit.page", ""),
    "outbox": (_l("Outbox"), "outbox.page", ""),
    "system": (_l("System"), "system.page", ""),
    "backups": (_l("Backups"), "backups.page", ""),
    "jobs": (_l("Jobs"), "jobs.page", ""),
    "sign_in": (_l("My account"), "sign_in.account", ""),
    "second_factor": (_l("Second factor"), "second_factor.page", "sign_in.account"),
    "time_off": (_l("Days off"), "", "sign_in.account"),
    "notices": (_l("Notices"), "notices.page", ""),
    "notices.settings": (_l("What reaches you"), "notices.settings", "sign_in.account"),
    "time": (_l("Time sheet"), "", ""),
    "crm_roles": (_l("Roles"), "crm_roles.page", ""),
    "crm_roles.invariant_list": (_l("Ruled out"), "crm_roles.invariant_list", ""),
    "crm_teams": (_l("Teams"), "crm_teams.page", ""),
    "crm_reassign": (_l("Hand records over"), "", ""),
    "trust.ask": (_l("Ask"), "trust.ask", ""),
    "trust.tests": (_l("Permission tests"), "trust.tests", ""),
    "trust.run": (_l("Permission tests"), "trust.tests", ""),
    "trust.view_as": (_l("Look as somebody else"), "trust.view_as", ""),
    "modules": (_l("Modules"), "modules.page", ""),
    "modules.map_": (_l("Map"), "modules.map_", ""),
    "crm_reports.show": (_l("Report"), "", ""),
    "crm_reports.schedule": (_l("Report"), "", ""),
    "crm_reports.records": (_l("Records"), "", ""),
    "crm_drafting": (_l("Build a report"), "", ""),
    "crm_usage": (_l("Use"), "crm_usage.page", ""),
    "breaches": (_l("Breaches"), "breaches.page", ""),
    "processing": (_l("Register"), "processing.page", ""),
    "privacy.new": (_l("Enter a request"), "", ""),
    "privacy.one": (_l("Request"), "", ""),
    "privacy.erasure": (_l("Erase"), "", ""),
    "retention": (_l("Retention"), "retention.page", ""),
    "crm_consent": (_l("Consent"), "", ""),
    "crm_consent.purposes": (_l("Purposes"), "crm_consent.purposes", ""),
    "crm_consent.purpose": (_l("Purposes"), "crm_consent.purposes", ""),
    "crm_knowledge.table": (_l("All articles"), "crm_knowledge.table", ""),
    "crm_answering": (_l("Surveys for me"), "crm_answering.mine", ""),
    "crm_tags": (_l("Tags"), "crm_tags.page", ""),
    "crm_duplicates": (_l("Duplicates"), "crm_duplicates.page", ""),
    "crm_merging": (_l("Merging"), "", ""),
    "crm_merging.merges": (_l("Merged lately"), "crm_merging.merges", ""),
    "crm_mending": (_l("Work list"), "", ""),
    "search": (_l("Search"), "", ""),
    "support": (_l("Help"), "support.page", ""),
    "desk_setup.answers": (_l("Canned answers"), "desk_setup.answers", ""),
    "desk_setup.canned": (_l("Canned answers"), "desk_setup.answers", ""),
    "desk_setup": (_l("Queues"), "desk_setup.queues", ""),
    "tickets": (_l("Ticket"), "", ""),
    "crm_rates": (_l("Rates"), "crm_rates.page", ""),
    "crm_stages": (_l("Stages"), "crm_stages.page", ""),
}
"""Rooms outside the projects by endpoint or blueprint: what the breadcrumb calls one, its page (none: this one), and
the page above it where that is not a place of the navigation."""


def _crumbs(places: list[NavItem]) -> list[tuple[str, str | None]]:
    """Where a page outside the projects lies: its place, and below that its own name."""
    above = next(((item.label, item.href) for item in places if item.active), None)
    room = _ROOMS_OUTSIDE.get(request.endpoint or "") or _ROOMS_OUTSIDE.get(request.blueprint or "")
    crumbs = [above] if above else []
    if request.path.startswith("/crm/"):
        crumbs.insert(0, (_("CRM"), url_for("crm_home.page")))
    if room:
        label, endpoint, higher = room
        crumbs += [(_("My account"), url_for(higher))] if higher else []
        crumbs.append((str(label), url_for(endpoint) if endpoint else request.path))
    return [(label, href if href != request.path else None) for label, href in crumbs]


def _counts(actor: Actor, project_id: int | None) -> _Counts:
    """Every count of the frame from one statement: it is asked on every page."""
    columns: list[ColumnElement[Any]] = [my_work.due_count(actor, g.today), notices.unread_count(actor)]
    if project_id is not None:
        columns += [*checklists.ticked_counts(project_id), risks.critical_count(project_id)]
        columns += [tasks.go_live_column(project_id), readiness.decision_column(project_id)]
    return _Counts(*db.session.execute(select(*columns)).one())


def _across_projects() -> NavItem:
    """The load of people in all projects; the page of one project is another place."""
    return NavItem(_("Resources"), url_for("resources.survey"), "load", active=request.endpoint == "resources.survey")


def _my_work(due: int) -> NavItem:
    """My work, with the time sheet that stands below it."""
    active = request.path.startswith("/my-work")
    return NavItem(_("My work"), url_for("my_work.page"), "work", active=active, count=str(due) if due else None)


def _administration() -> NavItem:
    """One place that stands for all pages below it."""
    return NavItem(_("Administration"), url_for("admin.page"), "admin", active=request.path.startswith("/admin"))


def _fill_project(shell: Shell, actor: Actor, project_id: int, counts: _Counts) -> None:
    listed = projects.visible(actor)
    project = next((each for each in listed if each.id == project_id), None) or projects.get(actor, project_id)
    if project.branch_of_id is not None:
        shell.branch = _band(project)
    shell.project = ProjectFrame(project.id, project.name, _where_it_is(project), _project_nav(project, counts))
    shell.projects = [
        (each.name, url_for("overview.page", project_id=each.id)) for each in listed if _is_open(each, project)
    ]
    here = next((item for item in shell.project.nav if item.active), None)
    shell.crumbs.append((project.name, url_for("overview.page", project_id=project.id)))
    if here:
        shell.crumbs.append((here.label, here.href if request.path != here.href else None))
    shell.ruler = _ruler(project, counts.go_live)


def _where_it_is(project: ProjectRow) -> str:
    """The week and the day of a roll-out; what it is where it does not run, and when it begins."""
    closed = {"finished": _("Finished"), "archived": _("Archived")}
    week, day = project.week(g.today), project.day(g.today)
    if project.state in closed:
        return closed[project.state]
    if day < 1:
        return _("Begins %(day)s", day=formats.day(project.start))
    if week > WEEKS:
        return _("Week %(week)d · day %(day)d", week=week, day=day)
    return _("Week %(week)d of %(weeks)d · day %(day)d", week=week, weeks=WEEKS, day=day)


def _band(project: ProjectRow) -> BranchBand | None:
    """The band of a branch; another person's pages lead nowhere from there."""
    row = branches.band(project.id)
    if row is None:
        return None
    here: dict[str, Any] = {"project_id": row.trunk_id, "branch_id": row.project_id}
    return BranchBand(
        row.name,
        row.trunk,
        row.open,
        url_for("branches.compare", **here),
        url_for("branches.merging", **here) if row.open and may("branch.merge", row.trunk_id) else "",
        url_for("branches.throw_away", **here) if row.open and may("branch.make", row.trunk_id) else "",
    )


def _is_open(each: ProjectRow, current: ProjectRow) -> bool:
    return each.state == _CURRENT or each.id == current.id


_OF_BRANCHES = frozenset({"gantt", "tasks", "resources", "levelling"})
"""The places of a branch: it has a plan and nothing else."""
_GUARDED = {
    "resources.page": "resources.see",
    "levelling.page": "plan.level",
    "time.page": "time.see",
    "costs.page": "cost.see",
    "helpdesk.page": "helpdesk.see",
}
"""Places of a project that not everybody in it may open, and what they ask for."""


def _project_nav(project: ProjectRow, counts: _Counts) -> list[NavItem]:
    plan, people, control = _("Plan"), _("People"), _("Control")
    places = (
        ("", _("Overview"), "overview.page", "home", None),
        (plan, _("Roadmap"), "gantt.page", "roadmap", None),
        (plan, _("Tasks"), "tasks.table", "board", None),
        (plan, _("Forecast"), "forecast.page", "eye", None),
        (plan, _("Baselines & value"), "value.page", "history", None),
        (plan, _("Checklists"), "checklists.page", "checklist", counts.lists),
        (plan, _("Phases"), "foreseen.index", "calendar", None),
        (plan, _("Level"), "levelling.page", "level", None),
        (plan, _("What-if"), "branches.page", "branch", None),
        (plan, _("Changes"), "changes.table", "edit", None),
        (people, _("Team"), "team.page", "people", None),
        (people, _("Resources"), "resources.page", "load", None),
        (people, _("Time"), "time.page", "clock", None),
        (control, _("Risks"), "risks.register", "risk", counts.critical or None),
        (control, _("Action items"), "actions.table", "flag", None),
        (control, _("Budget"), "costs.page", "coins", None),
        (control, _("Tickets"), "helpdesk.page", "support", None),
        (control, _("Health"), "standing.page", "gauge", None),
        (control, _("Readiness"), "readiness.page", "readiness", counts.verdict if project.state == "active" else None),
        (control, _("Adoption"), "adoption.page", "adoption", None),
        (control, _("Benefits"), "benefits.page", "milestone", None),
        (control, _("Status report"), "report.page", "report", None),
    )
    return [
        replace(_item(label, endpoint, icon, count, project_id=project.id), group=group)
        for group, label, endpoint, icon, count in places
        if endpoint not in _GUARDED or may(_GUARDED[endpoint], project.id)
        if project.branch_of_id is None or endpoint.partition(".")[0] in _OF_BRANCHES
    ]


def _item(label: str, endpoint: str, icon: str, count: str | int | None = None, **values: Any) -> NavItem:
    room = endpoint.partition(".")[0]
    here = _ROOMS_OF_ONE_PLACE.get(request.blueprint or "", request.blueprint)
    inside = "project_id" in (request.view_args or {})
    active = here == room and inside == ("project_id" in values)
    return NavItem(label, url_for(endpoint, **values), icon, active=active, count=count)


def _ruler(project: ProjectRow, go_live: datetime | None) -> ruler.Ruler:
    """The ruler of a project, with today, the target and the go-live that is planned."""
    day = project.day(g.today)
    marks = [ruler.Mark(g.today, "today", _("Today, day %(day)d", day=day), 3)]
    if project.target_go_live:
        text = _("Target %(day)s", day=formats.short_day(project.target_go_live))
        marks.append(ruler.Mark(project.target_go_live, "target", text, 1))
    if go_live:
        text = _("Go-live %(day)s", day=formats.short_day(go_live))
        marks.append(ruler.Mark(go_live.date(), "p80", text, 2))
    last = project.start + timedelta(days=ruler.DAYS)
    return ruler.draw(project.start, g.today, marks, (formats.short_day(project.start), formats.short_day(last)))
