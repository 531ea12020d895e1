"""What changed since somebody was here: the rules, the page, and that it never stands in the way of reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from desk.overview import service
from desk.overview.models import ProjectVisit
from desk.overview.rules import changes, visits
from desk.overview.rules.changes import Topic
from desk.overview.rules.visits import GAP, Seen, Visit
from infra.audit.models import AuditEntry
from infra.comments import service as comments
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.evidence import service as evidence
from readiness.gates import service as criteria
from readiness.gates.models import ReadinessGate
from readiness.gates.rules.sources import Look
from readiness.verdict import service as verdict
from roadmap.tasks import service as tasks
from tests import factories
from tests.fixtures.app import NOW

ME, OTHER = 3, 4


@dataclass
class Entry:
    subject: str
    changes: dict[str, Any] = field(default_factory=dict)
    kind: str = "changed"
    label: str | None = "Audit every source"
    actor_id: int | None = OTHER
    id: int = 1


def told(*entries, milestones=(), may=lambda _action: True):
    found = changes.groups(entries, milestones, ME, may)
    return {group.topic.value: len(group.changes) for group in found}


@pytest.mark.parametrize(
    ("entry", "topic"),
    [
        (Entry("task:1", {"percent_complete": [60, 100]}), "done"),
        (Entry("task:2", {"percent_complete": [0, 100]}), "reached"),
        (Entry("task:1", {"percent_complete": [0, 60]}), None),
        (Entry("task:1", {"percent_complete": [100, 60]}), None),
        (Entry("task:1", {"name": [None, "x"]}, "added"), "grew"),
        (Entry("task:1", {"name": ["x", None]}, "removed"), "shrank"),
        (Entry("task:1", {"name": ["x", "y"]}), "plan"),
        (Entry("dependency:1", {}, "added"), "plan"),
        (Entry("checklist_item:1", {"ticked_at": [None, "now"]}), "ticked"),
        (Entry("checklist_item:1", {"ticked_at": ["now", None]}), None),
        (Entry("checklist_item:1", {"due": [None, "now"]}), None),
        (Entry("comment:1", {"subject": [None, "task:1"]}, "added"), "comments"),
        (Entry("comment:1", {"text": ["a", "b"]}), None),
        (Entry("comment:1", {"subject": [None, "secret:1"]}, "added"), None),
        (Entry("action_item:1", {}, "added"), "actions"),
        (Entry("readiness_decision:1", {}, "added"), "decided"),
        (Entry("time_entry:1", {}, "added"), None),
        (Entry("never_heard_of:1", {}, "added"), None),
        (Entry("task:1", {}, "noted"), None),
        (Entry("task:1", {"name": ["x", "y"]}, actor_id=ME), None),
        (Entry("task:1", {"name": ["x", "y"]}, actor_id=None), "plan"),
    ],
)
def test_each_change_has_its_topic_and_what_is_not_listed_is_never_told(entry, topic):
    assert told(entry, milestones={2}) == ({topic: 1} if topic else {})


@pytest.mark.parametrize(
    ("was", "now", "topic"),
    [
        ("pass", "fail", "worse"),
        ("pass", "unknown", "worse"),
        ("warn", "unknown", "worse"),
        ("unknown", "pass", "better"),
        ("fail", "waived", "better"),
        ("pass", "pass", None),
        ("warn", "waived", None),
    ],
)
def test_a_result_that_turned_is_told(was, now, topic):
    lines = [[{"key": "a", "statement": "All data are there", "result": each}] for each in (was, now)]
    found = changes.turned(*lines, {"a": 7})
    assert [each.topic.value for each in found] == ([topic] if topic else [])
    assert [each.subject for group in found for each in group.changes] == (["criterion:7"] if topic else [])
    assert changes.turned([], lines[1], {}) == []


def test_the_overview_tells_what_turned_at_the_gate_since_the_last_visit(places):
    project = factories.project()
    with transaction(SYSTEM, "project.created") as work:
        work.session.add(
            ReadinessGate(project_id=project, key="go-live", name="Gate", minimum_score=85, minimum_confidence=80)
        )
    values = {"statement": "Data agree", "source": "survey", "must_have": True}
    number = criteria.add_criterion(project, "go-live", values, actor=SYSTEM)[0]
    before = NOW - timedelta(days=2)
    verdict.keep_day(Look(project, before, before.date()), actor=SYSTEM)
    soon = NOW.date() + timedelta(days=14)
    evidence.state(project, number, 1.0, "Seen", soon, actor=SYSTEM, now=NOW, today=NOW.date())
    verdict.keep_day(Look(project, NOW, NOW.date()), actor=SYSTEM)
    reader = factories.person(projects={project: "manager"})
    with transaction(SYSTEM, "visit") as work:
        seen = {
            "person_id": reader.id,
            "project_id": project,
            "at": before,
            "entry": 10**6,
            "milestones": {},
            "before_entry": 0,
            "before_milestones": {},
        }
        work.session.add(ProjectVisit(**seen))
    html = factories.sign_in(places.test_client(), reader).get(f"/projects/{project}/changes").text
    assert "1 criterion turned better" in html
    assert f"/projects/{project}/readiness/criteria/{number}" in html


@pytest.mark.parametrize(
    ("entry", "needed"),
    [
        (Entry("task:1", {"name": ["x", "y"]}), "plan.see"),
        (Entry("budget:1"), "cost.see"),
        (Entry("risk:1"), "risk.see"),
        (Entry("comment:1", {"subject": [None, "risk:1"]}, "added"), "risk.see"),
        (Entry("attachment:1", {"subject": [None, "item:1"]}, "added"), "checklist.see"),
    ],
)
def test_what_the_reader_may_not_see_is_left_out_of_words_and_counts(entry, needed):
    assert told(entry, may=lambda action: action != needed) == {}


def test_what_was_done_and_undone_is_not_told():
    undone = Entry("task:1", {"percent_complete": [100, 0]}, id=2)
    assert told(undone, Entry("task:1", {"percent_complete": [0, 100]})) == {}
    assert told(Entry("task:1", {"name": ["x", "y"]}, id=2), Entry("task:1", {"percent_complete": [0, 100]})) == {
        "done": 1,
        "plan": 1,
    }


def test_milestones_that_moved_are_told_with_both_days_later_ones_first():
    before = {"1": "2026-03-03", "2": "2026-03-03", "3": "2026-03-03"}
    found = changes.moved(
        before, {1: "2026-03-05", 2: "2026-03-01", 3: "2026-03-03", 4: "2026-03-09"}, {1: "A", 2: "B"}
    )
    assert [(group.topic, group.changes[0].label, group.changes[0].now) for group in found] == [
        (Topic.SLIPPED, "A", "2026-03-05"),
        (Topic.EARLIER, "B", "2026-03-01"),
    ]


def test_a_visit_lasts_while_less_than_half_an_hour_passes():
    now, first = Seen(NOW, 9, {}), Seen(NOW - timedelta(days=2), 4, {})
    visit = Visit(now, first)
    assert not visits.is_new(visit, NOW + GAP - timedelta(seconds=1))
    assert visits.compared_with(visit, NOW + timedelta(minutes=5)) == first
    assert visits.compared_with(visit, NOW + GAP) == now
    assert visits.is_new(None, NOW)
    assert visits.compared_with(None, NOW) is None


@pytest.fixture
def project(places):
    return factories.project("Europe launch", target_go_live=date(2026, 3, 3))


@pytest.fixture
def erik(project):
    return factories.person("Erik", projects={project: "stakeholder"})


@pytest.fixture
def reader(places, erik):
    return factories.sign_in(places.test_client(), erik)


def test_the_panel_says_since_when_and_what(clock, reader, erik, project):
    work = factories.task(project, "Audit every source", duration_minutes=480)
    gate = factories.task(
        project, "Go-live", type="milestone", constraint_type="SNET", constraint_date=datetime(2026, 3, 3, 17)
    )
    overview = f"/projects/{project}"
    assert "This is your first visit" in reader.get(overview).text
    clock.now = NOW + timedelta(days=1)
    factories.sign_in(reader, erik)
    page = reader.get(overview).text
    assert "Nothing has changed since" in page

    clock.now = NOW + timedelta(days=2)
    factories.sign_in(reader, erik)
    tasks.set_progress(project, work, 100, actor=SYSTEM, now=clock.now)
    tasks.change(project, gate, {"constraint_date": datetime(2026, 3, 5, 17)}, actor=SYSTEM, now=clock.now)
    comments.add_comment(f"task:{work}", "All of it is known <b>now</b>.", actor=SYSTEM)
    for _look in range(2):
        page = reader.get(overview).text
        for words in ("1 task done", "1 milestone slipped", "3 Mar to 5 Mar", "1 comment", "&lt;b&gt;now"):
            assert words in page
    everything = reader.get(f"{overview}/changes").text
    assert "1 milestone slipped" in everything
    assert "Audit every source" in everything

    clock.now += GAP
    assert "Nothing has changed since" in reader.get(overview).text


def test_a_visit_is_written_once_and_not_audited(reader, project, clock):
    for minutes in (0, 5, 29):
        clock.now = NOW + timedelta(minutes=minutes)
        reader.get(f"/projects/{project}")
    assert db.session.scalars(select(ProjectVisit.at)).all() == [NOW]
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "visit.kept")).first() is None


def test_a_disk_that_cannot_be_written_stands_in_nobodys_way(reader, project, monkeypatch):
    def full(*_arguments, **_more):
        raise OperationalError("INSERT", {}, Exception("attempt to write a readonly database"))

    factories.task(project)
    monkeypatch.setattr(service, "transaction", full)
    answer = reader.get(f"/projects/{project}")
    assert answer.status_code == 200
    assert "This is your first visit" in answer.text


def test_two_first_looks_at_once_are_one_visit(project):
    who = factories.person(projects={project: "member"})
    seen = Seen(datetime(2026, 2, 18, 9, tzinfo=UTC), 0, {})
    assert service.keep_visit(project, seen, actor=who)
    assert not service.keep_visit(project, seen, actor=who)
    assert len(db.session.scalars(select(ProjectVisit)).all()) == 1


def test_a_first_visit_tells_of_the_last_seven_days(clock, reader, erik, project):
    clock.now = NOW - timedelta(days=8)
    comments.add_comment(f"task:{factories.task(project, 'Long known')}", "An old word.", actor=SYSTEM)
    clock.now = NOW - timedelta(days=2)
    comments.add_comment(f"task:{factories.task(project, 'New work')}", "A new word.", actor=SYSTEM)
    clock.now = NOW
    factories.sign_in(reader, erik)
    for page in (reader.get(f"/projects/{project}/changes").text, reader.get(f"/projects/{project}").text):
        assert "1 comment" in page
        assert "A new word." in page
    assert "The last seven days" in reader.get(f"/projects/{project}").text


def test_a_first_visit_where_nothing_happened_says_so(clock, reader, erik, project):
    clock.now = NOW + timedelta(days=30)
    factories.sign_in(reader, erik)
    assert "Nothing has changed in the last seven days." in reader.get(f"/projects/{project}/changes").text
