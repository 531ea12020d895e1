"""What is connected to what, in tables that can be read; rooms never find each other: a new one is a line here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kernel.actor import Actor
from kernel.permission import Grant, Judge
from web.crm_setup import SETUP_PAGES
from web.declared import GRANTS, MODELS, UNDOABLE
from web.personal import PERSONAL_DATA
from web.places import place

if TYPE_CHECKING:
    from flask import Blueprint, Flask

JUDGES: tuple[tuple[str, str, str], ...] = (
    ("crm", "crm.access.rules:PERMISSIONS", "crm.records.queries:judge"),
    ("support", "desk.support.rules:PERMISSIONS", "desk.support.queries:judge"),
)
"""Objects whose grants lie in the database: the object, its actions, and who answers for them."""

PAGES: tuple[str, ...] = (
    "crm.mending.routes",
    "crm.quality.routes",
    "crm.duplicates.routes",
    "crm.merging.routes",
    "web.health",
    "web.system.routes",
    "infra.undo.routes",
    "infra.comments.routes",
    "infra.attachments.routes",
    "infra.lists.routes",
    "infra.jobs.routes",
    "infra.backup.routes",
    "infra.mail.routes",
    "accounts.signin.routes",
    "accounts.forgotten.routes",
    "accounts.secondfactor.routes",
    "accounts.policy.routes",
    "accounts.admin.routes",
    "accounts.trail.routes",
    "accounts.directory.routes",
    "accounts.reviews.routes",
    "accounts.calendars.routes",
    "accounts.mentions.routes",
    "accounts.notices.routes",
    "crm.consent.routes",
    "crm.retention.routes",
    "crm.rates.routes",
    "crm.stages.routes",
    "crm.fields.routes",
    "crm.sla.routes",
    "crm.urgency.routes",
    "crm.webforms.routes",
    "crm.mailbox.routes",
    "crm.pipeline.routes",
    "crm.record.routes",
    "crm.conversion.routes",
    "crm.deals.routes",
    "crm.campaigns.routes",
    "crm.activities.routes",
    "crm.desk.routes",
    "crm.desk_setup.routes",
    "crm.tickets.routes",
    "crm.home.routes",
    "crm.notes.routes",
    "crm.tags.routes",
    "crm.bin.routes",
    "crm.calendar.routes",
    "crm.trends.routes",
    "crm.figures.routes",
    "crm.surveys.routes",
    "crm.answering.routes",
    "crm.knowledge.routes",
    "crm.usage.routes",
    "roadmap.gantt.routes",
    "roadmap.actions.routes",
    "roadmap.risks.routes",
    "reports.executive.routes",
    "reports.weekly.routes",
    "reports.deck.routes",
    "reports.adoption.routes",
    "reports.status.routes",
    "reports.issuing.routes",
    "reports.readiness.routes",
    "reports.share.routes",
    "reports.verify.routes",
    "checklists.routes",
    "phases.foreseen.routes",
    "phases.kickoff.scope.routes",
    "phases.kickoff.changes.routes",
    "readiness.colours.routes",
    "readiness.benefits.routes",
    "readiness.criterion.routes",
    "readiness.asked.routes",
    "readiness.verdict.routes",
    "adoption.forecast.routes",
    "adoption.policy.routes",
    "adoption.page.routes",
    "readiness.meeting.routes",
    "adoption.help.routes",
    "adoption.praise.routes",
    "desk.setup.routes",
    "desk.shelf.routes",
    "desk.portfolio.routes",
    "desk.overview.routes",
    "desk.launch.routes",
    "desk.my_work.routes",
    "desk.feeds.routes",
    "desk.counted.routes",
    "desk.privacy.routes",
    "desk.breaches.routes",
    "desk.processing.routes",
    "desk.search.routes",
    "desk.support.routes",
    "roadmap.projects.routes",
    "roadmap.outline.routes",
    "roadmap.editing.routes",
    "roadmap.staffing.routes",
    "roadmap.assignments.routes",
    "roadmap.audience.routes",
    "roadmap.helpdesk.routes",
    "roadmap.resources.routes",
    "accounts.absences.routes",
    "roadmap.exchange.routes",
    "roadmap.uploads.routes",
    "roadmap.forecast.routes",
    "roadmap.branches.routes",
    "roadmap.levelling.routes",
    "roadmap.timesheet.routes",
    "roadmap.costs.routes",
    "roadmap.baselines.routes",
    "roadmap.value.routes",
    "crm.trust.routes",
    "crm.setup.routes",
    "crm.roles.routes",
    "crm.teams.routes",
    "crm.handover.routes",
    "crm.modules.routes",
    "crm.lists.routes",
    "crm.sharing.routes",
    "crm.imports.routes",
    "crm.dashboards.routes",
    "crm.builder.routes",
    "crm.drafting.routes",
    "crm.search.routes",
    "crm.automation.routes",
    "crm.hooks.routes",
    "crm.acting.routes",
    "crm.trials.routes",
)
"""Modules with a blueprint named ``bp``."""

EXTENSIONS: tuple[str, ...] = (
    "web.wiring:connect_shared_parts",
    "web.timetable:connect",
    "infra.measure.service:connect",
    "crm.usage.service:connect",
    "accounts.passwords.service:prepare",
    "crm.objects.queries:connect",
)
"""``module:function`` called with the application once its pages are registered."""

ACTOR_LOADERS: tuple[str, ...] = ("accounts.signin.queries:load_actor", "crm.trust.queries:load_viewed")
"""``module:function`` that find out who is asking, from a session cookie or a token; the last answer counts."""

SUBJECTS: tuple[tuple[str, str], ...] = (
    ("action", "roadmap.actions.queries:subject"),
    ("comment", "infra.comments.queries:subject"),
    ("change", "phases.kickoff.changes.queries:subject"),
    ("foreseen", "phases.foreseen.queries:subject"),
    ("criterion", "readiness.gates.queries:subject"),
    ("gate", "readiness.signoffs.queries:subject"),
    ("help", "adoption.help.queries:subject"),
    ("reward", "adoption.praise.queries:subject"),
    ("account", "accounts.signin.queries:subject"),
    ("item", "checklists.queries:subject"),
    ("project", "roadmap.projects.queries:subject"),
    ("risk", "roadmap.risks.queries:subject"),
    ("task", "roadmap.outline.queries:subject"),
    ("work", "desk.my_work.queries:subject"),
    ("report", "reports.issued.queries:subject"),
    ("expense", "roadmap.costs.queries:subject"),
    ("crm_lead", "crm.records.queries:lead"),
    ("crm_account", "crm.records.queries:account"),
    ("crm_contact", "crm.records.queries:contact"),
    ("crm_opportunity", "crm.records.queries:opportunity"),
    ("crm_activity", "crm.records.queries:activity"),
    ("crm_campaign", "crm.records.queries:campaign"),
    ("crm_product", "crm.records.queries:product"),
    ("crm_ticket", "crm.records.queries:ticket"),
    ("crm_figure", "crm.figures.queries:subject"),
    ("automation", "crm.automation.queries:subject"),
    ("crm_survey", "crm.answering.queries:subject"),
    ("crm_article", "crm.knowledge.queries:subject"),
    ("support", "desk.support.queries:subject"),
    ("privacy_request", "desk.privacy.queries:subject"),
    ("privacy_breach", "desk.breaches.queries:subject"),
)
"""What comments and files hang on: a kind, and ``module:function`` from a row's number to its Subject."""

KEPT_FILES: tuple[str, ...] = (
    "infra.mail.queries:kept_files",
    "reports.issued.queries:kept_files",
    "reports.weekly.queries:kept_files",
    "crm.imports.queries:kept_files",
)
"""Who keeps contents in the folder of files besides attachments: ``module:function`` that gives their digests."""

TASK_PANELS: tuple[str, ...] = (
    "roadmap.assignments.charts:task_panel",
    "roadmap.timesheet.charts:task_panel",
    "checklists.charts:task_panel",
    "desk.counted.charts:task_panel",
    "roadmap.risks.charts:task_panel",
    "roadmap.actions.charts:task_panel",
)
"""What upper floors add to a task's page: ``module:function`` from project and task to markup."""

BRANCH_PANELS: tuple[str, ...] = ("phases.kickoff.changes.charts:branch_panel",)
"""What upper floors add to a comparison of branches: ``module:function`` from the plan, its branches and the reader to
markup, empty for nothing."""

GATE_MILESTONES = "readiness.gates.queries:milestones_of"
"""``module:function`` from a project's number to the names of its gates and the numbers of their milestones."""

PHASE_PANELS: tuple[str, ...] = ("readiness.gates.charts:phase_part",)
"""What upper floors add to a phase's page: ``module:function`` from project, phase and the tasks of the plan to
phases.foreseen.charts.PhasePart, or None for nothing."""

RECORD_PANELS: tuple[tuple[str, str], ...] = (
    ("lead", "crm.conversion.charts:path_panel"),
    ("opportunity", "crm.deals.charts:deal_panel"),
    ("campaign", "crm.campaigns.charts:campaign_panel"),
    ("ticket", "crm.tickets.charts:panel"),
)
RECORD_ASIDES: tuple[tuple[str, str], ...] = (
    ("ticket", "crm.sla.charts:panel"),
    ("ticket", "crm.knowledge.charts:ticket_panel"),
    ("opportunity", "crm.deals.charts:people_panel"),
    ("opportunity", "crm.standing.charts:panel"),
    ("contact", "crm.standing.charts:panel"),
    ("*", "crm.consent.charts:record_panel"),
    ("*", "crm.notes.charts:panel"),
    ("*", "crm.merging.charts:record_panel"),
    ("*", "crm.sharing.charts:record_panel"),
    ("*", "crm.acting.charts:panel"),
)
"""What other rooms add to a record's page, below its timeline and beside it: an object (or ``*`` for every one), and
``module:function`` from the object's key, the record and the reader's Access to markup; nothing is left out."""

FORM_ASIDES: tuple[tuple[str, str], ...] = (("ticket", "crm.knowledge.charts:suggest_box"),)
"""What other rooms add beside the form of a new record: an object, and ``module:function`` from the object's key, None
and the reader's Access to markup."""

TIMELINES: tuple[str, ...] = ("crm.notes.queries:timeline",)
"""What else tells of a record in its timeline: ``module:function`` from the object's key, the record, the reader's
Access, ``before`` (an instant, or None for the newest) and ``limit`` to crm.timeline.rules.TimelineEntry, newest first.
Activities, stages and changes of fields are told without a line here."""

AUDIENCE = "roadmap.audience.queries:audience"
"""``module:function`` from a project's number to the teams and people that its figures of the CRM count."""

UNDO_GUARDS: tuple[str, ...] = ("crm.records.queries:guard_undo", "crm.surveys.service:guard_undo")
"""``module:function`` that refuse to undo what the actor may not change by hand any more."""

WORDS: tuple[str, ...] = ("web.words",)
"""Modules with a table WORDS: an action, and what it is called in histories."""

DEVELOPMENT_PAGES: tuple[str, ...] = ("web.dev.routes",)
"""Pages that exist outside production only."""

COMMANDS: tuple[str, ...] = (
    "infra.backup.cli:backup,restore,drill",
    "web.database:init,upgrade",
    "web.serving:serve",
    "web.doctor:doctor",
    "web.keys:keys",
    "web.demo.command:demo",
    "roadmap.projects.cli:project",
    "roadmap.value.cli:plan",
    "roadmap.exchange.cli:plan",
    "roadmap.reimport.cli:plan",
    "roadmap.forecast.cli:plan",
    "roadmap.levelling.cli:plan",
    "reports.issuing.cli:report",
    "reports.deck.cli:report",
    "reports.adoption.cli:report",
    "web.timetable:jobs,scheduler",
    "accounts.directory.cli:user",
    "accounts.trail.cli:audit",
    "desk.template.cli:template",
    "desk.setup.cli:project",
    "crm.search.cli:search",
    "crm.fields.cli:fields",
    "web.commands:routes",
    "readiness.verdict.cli:readiness",
    "adoption.page.cli:adoption",
    "crm.kpis.cli:crm",
    "crm.mailbox.cli:mail",
    "crm.exports.cli:crm",
    "crm.imports.cli:crm",
)
"""Modules with a tuple COMMANDS of click commands, and the names of these, so that only what is asked for is loaded."""


def load_models() -> None:
    """Import every module that declares tables."""
    for name in MODELS:
        import_module(name)


def grants() -> tuple[Grant, ...]:
    """Every grant of every package."""
    return tuple(grant for name in GRANTS for grant in import_module(name).GRANTS)


def judges() -> dict[str, tuple[frozenset[str], Judge]]:
    """Who answers for the objects whose grants people edit."""
    return {subject: (_read(actions), _named(judge)) for subject, actions, judge in JUDGES}


def blueprints(*, development: bool) -> tuple[Blueprint, ...]:
    """Every page's blueprint."""
    names = PAGES + (DEVELOPMENT_PAGES if development else ())
    return tuple(import_module(name).bp for name in names)


def extensions() -> tuple[Callable[[Flask], None], ...]:
    """What prepares the application beyond its pages."""
    return tuple(_named(name) for name in EXTENSIONS)


def connect_shared_parts(app: Flask) -> None:
    """Tell undo, comments and files what the rooms offer them."""
    extras = app.extensions["launch90"].extras
    extras["migrations"] = place("migrations")
    extras["subjects"] = {kind: _named(name) for kind, name in SUBJECTS}
    extras["words"] = {action: said for name in WORDS for action, said in import_module(name).WORDS.items()}
    extras["kept_files"] = tuple(_named(name) for name in KEPT_FILES)
    extras["task_panels"] = tuple(_named(name) for name in TASK_PANELS)
    extras["branch_panels"] = tuple(_named(name) for name in BRANCH_PANELS)
    extras["phase_panels"] = tuple(_named(name) for name in PHASE_PANELS)
    extras["record_panels"] = tuple((kind, _named(name)) for kind, name in RECORD_PANELS)
    extras["record_asides"] = tuple((kind, _named(name)) for kind, name in RECORD_ASIDES)
    extras["form_asides"] = tuple((kind, _named(name)) for kind, name in FORM_ASIDES)
    extras["personal_data"] = {each.table: each for each in PERSONAL_DATA}
    extras["timelines"] = tuple(_named(name) for name in TIMELINES)
    extras["gate_milestones"] = _named(GATE_MILESTONES)
    extras["audience"] = _named(AUDIENCE)
    extras["setup_pages"] = SETUP_PAGES
    extras["undo_guards"] = tuple(_named(name) for name in UNDO_GUARDS)
    extras["undoable"] = {
        action: needed for name in UNDOABLE for action, needed in import_module(name).UNDOABLE.items()
    }


@cache
def actor_loaders() -> tuple[Callable[[], Actor | None], ...]:
    """Who finds out who is asking."""
    return tuple(_named(name) for name in ACTOR_LOADERS)


def _read(name: str) -> Any:
    module, _, thing = name.partition(":")
    return getattr(import_module(module), thing)


def _named(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def commands(wanted: str = "") -> tuple[Any, ...]:
    """Every command of every room, or those of one name; a module that does not say its names is always asked."""
    found = []
    for entry in COMMANDS:
        name, _, listed = entry.partition(":")
        if not wanted or not listed or wanted in listed.split(","):
            found += [each for each in import_module(name).COMMANDS if wanted in ("", each.name)]
    return tuple(found)


def command_names() -> set[str]:
    """The names of all commands; nothing is loaded for those that are listed."""
    listed = {name for entry in COMMANDS for name in entry.partition(":")[2].split(",") if name}
    silent = [entry for entry in COMMANDS if ":" not in entry]
    return listed | {each.name for entry in silent for each in import_module(entry).COMMANDS}
