"""No page tells of a branch but those that are made to: the table of routes is walked, and all jobs run."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from accounts.notices.models import Notice
from desk.feeds import service as feeds
from infra.database import db
from infra.mail.models import Mail
from kernel.actor import SYSTEM
from readiness.health.models import HealthDay
from readiness.verdict.models import ReadinessDay
from reports.share import service as shares
from reports.share.rules import LinkData
from roadmap.branches import service
from roadmap.forecast import service as forecasts
from roadmap.tasks import service as tasks
from roadmap.value.models import ValueDay
from tests import factories
from tests.fixtures.app import NOW
from web.timetable import JOBS

TODAY = date(2026, 2, 18)
DAY = 480
NAME, WORK = "Zibeline", "Quokka"
"""What the branch is called, and what all work is called that only the branch has."""
TELL_OF_BRANCHES = frozenset({"branches", "changes", "audit", "trail"})
"""The rooms that are made to tell of a branch: its own, change requests with their effect, and the trail."""
TELL_WHAT_HAPPENED = frozenset({"overview.page", "overview.changed", "overview.activity", "board.page"})
"""Pages that say by name that somebody made a branch: it happened in the roll-out."""
QUERIES = ("", f"?q={WORK}&format=csv")
NOT_OURS = ("/crm", "/static", "/support", "/help", "/dev")
"""What lies below the plan in the house and can't know of one; search is walked."""
SHEETS = (".pdf", ".pptx", "/backups", "/metrics", "/readyz", "/admin/system")
"""The same answers laid out on sheets, which takes seconds each; and what tells of the installation."""


KEPT = (HealthDay, ReadinessDay, ValueDay)
"""Figures that are kept each night, of roll-outs alone."""


@pytest.fixture
def plan(app):
    """A roll-out whose branch has more and later work, for the same people."""
    project = factories.project("Europe launch", target_go_live=date(2026, 3, 6))
    people = {role: factories.person(projects={project: role}) for role in ("manager", "member", "executive")}
    people |= {"administrator": factories.administrator(), "outsider": factories.person()}
    first = factories.task(project, "Prepare", owner_id=people["member"].id, duration_minutes=3 * DAY)
    live = factories.task(project, "Go-live", after=first, type="milestone", duration_minutes=0, is_go_live=True)
    return {"project": project, "first": first, "live": live, "who": people}


def branch_off(plan) -> tuple[int, int]:
    """The branch and a task of it."""
    made = service.branch_off(plan["project"], NAME, actor=SYSTEM, now=NOW)
    member = plan["who"]["member"].id
    late = [factories.task(made, f"{WORK} {number}", owner_id=member, duration_minutes=20 * DAY) for number in range(4)]
    tasks.set_progress(made, late[0], 50, actor=SYSTEM, now=NOW)
    forecasts.publish(made, TODAY, actor=SYSTEM, now=NOW, runs=200)
    return made, late[0]


def readable(app: Flask) -> list[Rule]:
    """Every page that can be read, but those of the CRM."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.rule.startswith(NOT_OURS)
        and not rule.rule.endswith(SHEETS)
        and "static" not in rule.endpoint
    ]


def address(app: Flask, rule: Rule, numbers: dict[str, int]) -> str | None:
    """Where a page lies, for these numbers; None for an address that takes other things than numbers and words."""
    values = {name: numbers.get(name, 1) if _is_number(rule, name) else "x" for name in rule.arguments}
    with suppress(ValueError):
        return app.url_map.bind("localhost").build(rule.endpoint, values, method="GET")
    return None


def _is_number(rule: Rule, name: str) -> bool:
    return rule._converters[name].regex == r"\d+"


def read(client, app: Flask, numbers: dict[str, int]) -> dict[tuple[str, str], tuple[int, str]]:
    """What every page says, by its room and address."""
    found = {}
    for rule in readable(app):
        at = address(app, rule, numbers)
        for query in QUERIES if at else ():
            page = client.get(f"{at}{query}")
            text = page.text if page.mimetype.startswith("text/") or "json" in page.mimetype else ""
            found[rule.endpoint, f"{at}{query}"] = page.status_code, text
            if page.status_code != 200:
                break
    return found


def same(text: str) -> str:
    """A page without what differs each time it is read."""
    text = re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|content="[^"]{60,}"|value="[0-9a-f]{32}"', "", text)
    return re.sub(r'data-version="[^"]*"|"version": ?"[^"]*"', "", text)


def room(endpoint: str) -> str:
    return endpoint.partition(".")[0]


@pytest.mark.slow
def test_no_page_says_or_counts_what_only_a_branch_has(app, client, plan):
    browser = factories.sign_in(client, plan["who"]["administrator"])
    numbers = {"project_id": plan["project"], "task_id": plan["first"]}
    before = read(browser, app, numbers)
    branch, _task = branch_off(plan)
    after = read(browser, app, numbers | {"branch_id": branch})
    told, other = [], []
    for (endpoint, at), (status, text) in after.items():
        assert status < 500, at
        if room(endpoint) in TELL_OF_BRANCHES:
            continue
        changed = same(text) != same(before.get((endpoint, at), (0, ""))[1])
        if text.count(WORK) > before.get((endpoint, at), (0, ""))[1].count(WORK):
            told.append(at)
        elif endpoint not in TELL_WHAT_HAPPENED and (NAME in text or changed):
            other.append(at)
    assert {"told": told, "other": other} == {"told": [], "other": []}


def test_no_job_writes_to_anybody_about_a_branch(app, plan):
    """Notices, mails, reports and kept figures: whatever the timetable does at once."""
    branch, _task = branch_off(plan)
    for job in JOBS:
        if not job.name.startswith(("make-backup", "make-asked-backups", "hold-drill")):
            job.act(SYSTEM, NOW + timedelta(days=1))
    said = [*db.session.scalars(select(Mail.text)), *db.session.scalars(select(Notice.label))]
    assert [text for text in said if WORK in text or NAME in text] == []
    assert [each for each in KEPT if db.session.scalar(select(each.id).where(each.project_id == branch))] == []


def test_a_feed_and_a_shared_plan_hold_nothing_of_a_branch(app, client, plan):
    member = plan["who"]["member"]
    data = LinkData("Sponsor", plan=True, gantt=True, reports=True)
    _link, token = shares.make(plan["project"], data, actor=plan["who"]["manager"], today=TODAY)
    _branch, task = branch_off(plan)
    places = [f"/s/{token}", f"/s/{token}/plan", f"/s/{token}/gantt"]
    for project in (None, plan["project"]):
        rule = next(each for each in app.url_map.iter_rules() if each.endpoint == "feeds.calendar")
        made = feeds.make(project, actor=member)
        places.append(app.url_map.bind("localhost").build(rule.endpoint, {"token": made}))
    read = [client.get(each, follow_redirects=True) for each in places]
    assert [each.status_code for each in read] == [200] * len(places)
    assert [at for at, page in zip(places, read, strict=True) if WORK in page.text or NAME in page.text] == []
    browser = factories.sign_in(client, plan["who"]["manager"])
    assert browser.get(f"/projects/{plan['project']}/tasks/{task}").status_code == 404
    assert browser.get(f"/projects/{plan['project']}/tasks/{plan['first']}").status_code == 200
