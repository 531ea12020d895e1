"""Who hears what, and who answers: facts and questions of the lower floors, each with those that upper floors give.

The other tables of what is connected stand in ``web/wiring.py``.
"""

from __future__ import annotations

from accounts.absences import service as absences
from accounts.absences.events import TimeChanged
from accounts.access.queries import obstacles_to_switch_off
from accounts.calendars.events import CalendarChanged
from accounts.mentions import service as mentions
from accounts.notices import service as notices
from accounts.people.events import MaySwitchOff, PersonSwitchedOff
from accounts.signin.service import end_all, end_sessions_of
from checklists import service as checklists
from checklists.charts import obstacles_to_complete
from checklists.seed import follow_copy as copy_checklists
from crm.access import queries as crm_access
from crm.access import service as crm_roles
from crm.acting import service as acting
from crm.answering import service as answering
from crm.automation import queries as automation
from crm.builder import queries as builder
from crm.consent import service as consent
from crm.counts import service as counts
from crm.duplicates import service as duplicates
from crm.fields import service as fields
from crm.fields.events import MayDropField
from crm.fields.queries import used_here
from crm.forgetting import service as forgetting
from crm.handover.queries import obstacles_to_switch_off as open_records
from crm.knowledge import service as knowledge
from crm.modules.events import MaySwitchOffModule
from crm.modules.queries import hidden_records
from crm.quality import service as quality
from crm.records.events import RecordsHappened, RecordsWritten
from crm.replies import service as replies
from crm.sla import service as sla
from crm.tickets.events import TicketAnswered
from crm.values import service as values
from crm.webforms.queries import asking_for
from desk.counted import service as counted
from desk.my_work import service as my_work
from infra.backup.events import Restored
from infra.comments.events import CommentAdded, CommentChanged
from infra.mail.service import hold_after_restore
from infra.transaction import Changed
from infra.undo import Undone
from infra.wires import Answerer, Handler
from kernel.events import Event
from kernel.questions import Question
from phases.foreseen import service as foreseen
from phases.kickoff.changes import service as changes
from readiness.benefits import service as benefits
from readiness.gates import service as gates
from readiness.signoffs import service as signoffs
from roadmap.actions import service as actions
from roadmap.assignments import service as assignments
from roadmap.audience import service as audience
from roadmap.branches import service as branches
from roadmap.branches.events import MayMerge
from roadmap.copies.service import follow_copy
from roadmap.costs import service as costs
from roadmap.projects.events import MayClose, ProjectCopied, ProjectFramed
from roadmap.resources import service as resources
from roadmap.resources.seed import follow_copy as copy_allocations
from roadmap.risks import service as risks
from roadmap.risks.seed import follow_copy as copy_risks
from roadmap.slips import service as slips
from roadmap.staffing.events import RoleGiven, RoleTimed
from roadmap.tasks import service as tasks
from roadmap.tasks.events import MayComplete, PlanRescheduled, TasksRemoved, TasksResized
from roadmap.timesheet import service as timesheet

HANDLERS: tuple[tuple[type[Event], Handler], ...] = (
    (PersonSwitchedOff, end_sessions_of),
    (Restored, end_all),
    (Restored, hold_after_restore),
    (Restored, forgetting.follow_restore),
    (CommentAdded, mentions.follow_comment),
    (CommentChanged, mentions.follow_rewording),
    (ProjectFramed, tasks.follow_frame),
    (ProjectFramed, resources.follow_frame),
    (ProjectFramed, branches.follow_frame),
    (RoleGiven, resources.follow_role),
    (RoleTimed, tasks.follow_role),
    (CalendarChanged, tasks.follow_calendar),
    (TimeChanged, tasks.follow_time),
    (ProjectCopied, follow_copy),
    (ProjectCopied, copy_allocations),
    (ProjectCopied, copy_checklists),
    (ProjectCopied, foreseen.follow_copy),
    (ProjectCopied, copy_risks),
    (ProjectCopied, gates.follow_copy),
    (ProjectCopied, signoffs.follow_copy),
    (ProjectCopied, audience.follow_copy),
    (ProjectCopied, costs.follow_copy),
    (TasksRemoved, timesheet.follow_removal),
    (TasksRemoved, assignments.follow_removal),
    (TasksResized, assignments.follow_sizes),
    (PlanRescheduled, checklists.follow_plan),
    (PlanRescheduled, actions.follow_plan),
    (PlanRescheduled, slips.follow_plan),
    (Changed, counted.follow_changes),
    (Changed, my_work.follow_changes),
    (Changed, counts.follow_changes),
    (PlanRescheduled, risks.follow_plan),
    (PlanRescheduled, foreseen.follow_plan),
    (Undone, tasks.follow_undo),
    (Undone, notices.take_back),
    (Undone, absences.follow_undo),
    (Undone, crm_roles.follow_undo),
    (RecordsWritten, consent.follow_records),
    (RecordsWritten, sla.follow_tickets),
    (CalendarChanged, sla.follow_calendar),
    (Undone, sla.follow_undo),
    (RecordsWritten, answering.follow_records),
    (RecordsWritten, values.follow_records),
    (RecordsWritten, quality.follow_records),
    (RecordsWritten, duplicates.follow_records),
    (RecordsWritten, acting.follow_records),
    (RecordsHappened, acting.follow_happened),
    (Undone, fields.follow_undo),
    (Undone, values.follow_undo),
    (Undone, knowledge.follow_undo),
    (TicketAnswered, replies.mail_answer),
    (Undone, quality.follow_undo),
    (Undone, duplicates.follow_undo),
    (Undone, acting.follow_undo),
    (Undone, benefits.follow_undo),
)
"""Facts and who hears them."""

ANSWERERS: tuple[tuple[type[Question], Answerer], ...] = (
    (MaySwitchOff, obstacles_to_switch_off),
    (MaySwitchOff, crm_access.obstacles_to_switch_off),
    (MaySwitchOff, open_records),
    (MayDropField, used_here),
    (MayDropField, asking_for),
    (MayDropField, automation.using),
    (MayDropField, builder.using),
    (MayComplete, obstacles_to_complete),
    (MaySwitchOffModule, hidden_records),
    (MayClose, benefits.obstacles_to_close),
    (MayMerge, changes.obstacles_to_merge),
)
"""Questions and who answers them."""
