"""The shipped template holds what the roadmap names, one element a thing."""

from collections import Counter

import pytest

from desk.template import queries
from desk.template.rules import elements

TEMPLATE = queries.load("crm-90-day")
ELEMENTS = elements(TEMPLATE)
KINDS = Counter(element.kind for element in ELEMENTS)
TASKS = [task for task in TEMPLATE.tasks if not task.milestone]


def names(kind, parent=None):
    return [each.name for each in ELEMENTS if each.kind == kind and parent in (None, each.parent)]


def test_the_shipped_template_is_valid():
    assert queries.names() == ["crm-90-day"]
    assert queries.validate(queries.LIBRARY / "crm-90-day") == []


def test_about_the_promised_number_of_tasks():
    assert 110 <= len(TASKS) <= 150


@pytest.mark.parametrize("field", ["key", "name", "description", "reason"])
def test_every_task_has_a_text_of_its_own(field):
    texts = [getattr(task, field) for task in TEMPLATE.tasks]
    assert all(texts)
    assert len(set(texts)) == len(texts)


def test_every_task_but_the_first_waits_for_another():
    assert [task.key for task in TEMPLATE.tasks if not task.predecessors] == [TEMPLATE.template.start]


def test_every_task_reaches_the_closing_milestone():
    before = {task.key: [link.task for link in task.predecessors] for task in TEMPLATE.tasks}
    reached, open_ends = set(), [TEMPLATE.template.closing]
    while open_ends:
        key = open_ends.pop()
        reached.add(key)
        open_ends += [each for each in before[key] if each not in reached]
    assert reached == set(before)


def test_estimates_have_the_duration_as_their_likely_value():
    assert [task.key for task in TASKS if task.estimate[1] != task.duration_days] == []


def test_every_milestone_says_when_it_is_reached():
    assert all(task.acceptance for task in TEMPLATE.tasks if task.milestone)


def test_the_five_roles_with_their_usual_ranges():
    assert {role.key: (role.range.least, role.range.most) for role in TEMPLATE.roles} == {
        "project-manager": (20, 100),
        "crm-administrator": (10, 50),
        "data-migration-specialist": (0, 100),
        "training-coordinator": (10, 40),
        "end-users": (10, 20),
    }
    assert all(role.range.least <= role.allocation <= role.range.most for role in TEMPLATE.roles)


def test_kick_off_has_its_agenda():
    assert names("agenda", "kickoff") == [
        "Welcome and introductions",
        "Project overview",
        "Stakeholder roles and responsibilities",
        "Timeline and milestones",
        "Data migration strategy",
        "Training and support plan",
        "Risk assessment and mitigation",
        "Questions and discussion",
        "Action items and next steps",
    ]
    assert len(names("outcome", "kickoff")) == 3


@pytest.mark.parametrize(
    "key",
    [
        "data-loss", "low-adoption", "budget-overrun", "data-inconsistencies", "format-incompatibility", "downtime",
        "complex-structures", "insufficient-resources", "resistance", "technical-difficulties", "lack-of-time",
        "entry-frustration", "integration-failures", "scope-creep",
    ],
)  # fmt: skip
def test_the_named_risks_are_there(key):
    assert key in {risk.key for risk in TEMPLATE.risks}


def test_more_risks_than_the_named_ones():
    assert KINDS["risk"] >= 25


def test_adoption_targets():
    targets = {kpi.key: (kpi.comparator, kpi.target) for kpi in TEMPLATE.kpis if kpi.area == "adoption"}
    assert targets == {
        "weekly-active": (">=", 80),
        "data-completeness": (">=", 95),
        "contact-creation": (">=", 10),
        "activity-timeliness": (">=", 90),
    }


def test_objectives_and_their_bolder_variants():
    aims = {each.key: each.change_percent for each in TEMPLATE.objectives if not each.variant_of}
    assert aims == {"more-revenue": 15, "happier-customers": 10, "faster-answers": -20}
    assert sorted(each.change_percent for each in TEMPLATE.objectives if each.variant_of) == [-25, 15, 20]


def test_success_metrics_of_three_areas():
    assert Counter(metric.area for metric in TEMPLATE.metrics) == {"sales": 4, "marketing": 4, "service": 4}


def test_critical_service_level():
    levels = {each.key: (each.response_hours, each.resolution_hours) for each in TEMPLATE.sla}
    assert levels["critical"] == (2, 24)
    assert list(levels) == ["critical", "high", "medium", "low"]


def test_gates_with_their_criteria():
    assert KINDS["criterion"] >= 45
    assert len(TEMPLATE.gates) == 7
    ends = {gate.phase for gate in TEMPLATE.gates}
    assert ends == {phase.key for phase in TEMPLATE.phases} - {"closure"}
    criteria = [criterion for gate in TEMPLATE.gates for criterion in gate.criteria]
    assert {criterion.category for criterion in criteria} == {
        "data", "configuration", "people", "process", "technology", "support", "business",
    }  # fmt: skip
    assert len({criterion.source for criterion in criteria}) == 17
    assert all(any(criterion.must_have for criterion in gate.criteria) for gate in TEMPLATE.gates)


@pytest.mark.parametrize(
    ("checklist", "sections", "items"),
    [
        ("pre-implementation", 4, 23),
        ("data-mapping", 2, 11),
        ("cutover", 6, 13),
        ("system-testing", 6, 12),
        ("post-launch", 4, 14),
        ("issue-management", 4, 14),
        ("governance-security", 6, 22),
    ],
)
def test_checklists_have_an_item_a_point(checklist, sections, items):
    entry = next(each for each in TEMPLATE.checklists if each.key == checklist)
    assert (len(entry.sections), sum(len(section.items) for section in entry.sections)) == (sections, items)


def test_checklists_guard_milestones_and_one_recurs():
    milestones = {task.key for task in TEMPLATE.tasks if task.milestone}
    assert {checklist.guards for checklist in TEMPLATE.checklists} <= milestones
    assert [checklist.key for checklist in TEMPLATE.checklists if checklist.recurs] == ["monitoring"]


def test_communication_has_every_stage():
    stages = Counter(each.stage for each in TEMPLATE.communication)
    assert set(stages) == {"during", "pre-launch", "launch", "post-launch"}
    assert min(stages.values()) >= 3


def test_elements_are_told_apart_by_kind_and_key():
    keys = [(element.kind, element.key) for element in ELEMENTS]
    assert len(set(keys)) == len(keys)


def test_parents_of_elements_exist():
    known = {element.key for element in ELEMENTS}
    assert [each.key for each in ELEMENTS if each.parent is not None and each.parent not in known] == []


def test_every_element_of_a_phase_knows_its_number():
    assert {each.phase for each in ELEMENTS if each.kind in {"task", "milestone"}} == set(range(1, 8))


def test_every_element_has_a_name_and_a_description():
    assert [each.key for each in ELEMENTS if not each.name or not each.description] == []


def test_five_automations_and_five_reports_to_configure():
    assert names("automation") == [
        "Lead assignment",
        "Opportunity stage updates",
        "Task creation",
        "E-mail notifications",
        "Data validation",
    ]
    assert len(names("report")) == 5
