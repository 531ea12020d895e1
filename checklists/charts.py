"""What the pages of checklists show: a list among the others, its order, a sheet of paper, an item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from checklists import forms, queries, rules
from infra import formats
from infra.attachments import queries as files
from infra.comments import queries as comments
from infra.http import address, may
from infra.merge import FieldConflict, sign_base
from infra.wires import wires
from kernel.actor import initials
from kernel.questions import Obstacle
from roadmap.actions import charts as actions
from roadmap.risks import charts as risks
from roadmap.staffing import queries as staffing
from roadmap.tasks.events import MayComplete

MEGABYTE = 1024 * 1024
Failed = dict[str, tuple[str, str]]
"""Fields that could not be saved, by id: what was typed, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Line:
    """An item as a line of its list shows it, every word written out."""

    id: int
    name: str
    done: bool
    version: str
    optional: bool
    said: str
    evidence: str
    late: bool
    due: date | None
    due_said: str
    due_title: str
    owner_id: int
    owner: str
    initials: str


class Lines:
    """Makes the lines of a list; a day that stands in many of them is put into words once."""

    def __init__(self, today: date) -> None:
        """Begin without any words."""
        self._today = today
        self._days: dict[date, tuple[str, str]] = {}
        self._moments: dict[datetime, str] = {}
        self._somebody = _("somebody")
        self._ticked = _("ticked by %(name)s, %(at)s")
        self._late = _("%(day)s, late")

    def of(self, item: queries.ItemRow) -> Line:
        """One item."""
        late = rules.is_late(item, self._today)
        due_said, due_title = self._day(item.due) if item.due else ("", "")
        return Line(
            id=item.id,
            name=item.name,
            done=item.tick is not None,
            version=item.tick.at.isoformat() if item.tick else "",
            optional=not item.required,
            said=self._who(item.tick) if item.tick else item.help,
            evidence=(item.evidence[0].text or item.evidence[0].url) if item.evidence else "",
            late=late,
            due=item.due,
            due_said=self._late % {"day": formats.short_day(item.due)} if late and item.due else due_said,
            due_title=due_title,
            owner_id=item.owner_id or 0,
            owner=item.owner_name or item.role_name,
            initials=initials(item.owner_name),
        )

    def _who(self, tick: rules.Tick) -> str:
        if tick.at not in self._moments:
            self._moments[tick.at] = formats.moment(tick.at)
        return self._ticked % {"name": tick.by_name or self._somebody, "at": self._moments[tick.at]}

    def _day(self, day: date) -> tuple[str, str]:
        if day not in self._days:
            self._days[day] = (formats.day(day), formats.full_date(day))
        return self._days[day]


def list_page(project_id: int, checklist_id: int | None, failed: Failed | None = None) -> str:
    """A list among the others, without an id the first that is not done; ``failed`` is what was typed where."""
    lists = queries.lists(project_id, g.today)
    if checklist_id is None and not lists:
        return render_template("checklists/none.html", project_id=project_id)
    if checklist_id is None:
        current = next((row for row in lists if not row.progress.whole), lists[0])
    else:
        current = chosen(lists, checklist_id)
    shown = rules.Shown.of(request.args.get("show", ""))
    sections = queries.sections(project_id, current.id)
    items = [item for section in sections for item in section.items]
    may_edit = may("checklist.edit", project_id)
    lines = Lines(g.today)
    return render_template(
        "checklists/page.html",
        project_id=project_id,
        lists=lists,
        groups=groups(lists),
        current=current,
        overall=rules.total(row.progress for row in lists),
        sections=[
            (
                section,
                rules.progress(section.items, g.today),
                [lines.of(item) for item in rules.shown(section.items, shown, g.actor.id, g.today)],
            )
            for section in sections
        ],
        shown=shown.value,
        counts={which.value: len(rules.shown(items, which, g.actor.id, g.today)) for which in rules.Shown},
        may_tick=may("checklist.tick", project_id),
        may_edit=may_edit,
        owners=forms.owners(staffing.people_of(project_id)) if may_edit else [],
        failed=failed or {},
    )


def groups(lists: Sequence[queries.ListRow]) -> list[tuple[str, list[queries.ListRow]]]:
    """The lists under their phases; in each, what is open comes before what is done."""
    return [
        (phase, sorted(rows, key=lambda row: row.progress.whole))
        for phase, rows in groupby(lists, key=lambda row: row.phase)
    ]


def arrange_page(project_id: int, checklist_id: int, failed: Failed | None = None) -> str:
    """A list's order and its sections' names."""
    current = chosen(queries.lists(project_id, g.today), checklist_id)
    sections = queries.sections(project_id, checklist_id)
    return render_template(
        "checklists/arrange.html", project_id=project_id, current=current, sections=sections, failed=failed or {}
    )


def chosen(lists: Sequence[queries.ListRow], checklist_id: int) -> queries.ListRow:
    """The list with this id, or a 404."""
    found = next((row for row in lists if row.id == checklist_id), None)
    return found if found is not None else abort(404)


def item_page(project_id: int, item_id: int, *, conflicts: Sequence[FieldConflict] = (), **filled: Any) -> str:
    """An item's page; ``filled`` are forms that were sent and can't be saved as they are."""
    found = queries.item(project_id, item_id)
    may_edit = may("checklist.edit", project_id)
    people = staffing.people_of(project_id) if may_edit else []
    shown = {name: getattr(found, name) for name in forms.ITEM_FIELDS}
    evidence_files = {piece.attachment_id for piece in found.evidence}
    return render_template(
        "checklists/item.html",
        project_id=project_id,
        item=found,
        current=queries.name_of_list(found.checklist_id),
        form=filled.get("form") or forms.item_form(people, found),
        note_form=filled.get("note_form") or forms.NoteForm(formdata=None, obj=found),
        evidence_form=filled.get("evidence_form") or forms.EvidenceForm(formdata=None),
        file_error=filled.get("file_error", ""),
        base=sign_base(f"item:{item_id}", shown),
        conflicts=forms.differences(conflicts, forms.owners(people, found)),
        history=queries.history(item_id),
        subject=queries.subject(item_id),
        said=comments.of_subject(f"item:{item_id}", g.actor),
        files=[file for file in files.of_subject(f"item:{item_id}", g.actor) if file.id not in evidence_files],
        panels=[panel(project_id, f"item:{item_id}") for panel in (risks.panel, actions.panel)],
        upload_limit=wires().settings.max_upload // MEGABYTE,
        may_tick=may("checklist.tick", project_id),
        may_edit=may_edit,
    )


def form_page(project_id: int, form: forms.ListForm, current: queries.ListRow | None) -> str:
    """The form of a list, of a new one without ``current``."""
    return render_template("checklists/list_form.html", form=form, project_id=project_id, current=current)


def paper(project_id: int, checklist_id: int) -> str:
    """A list for the printer."""
    current = chosen(queries.lists(project_id, g.today), checklist_id)
    sections = queries.sections(project_id, checklist_id)
    return render_template("checklists/print.html", project_id=project_id, current=current, sections=sections)


def task_panel(project_id: int, task_id: int) -> Markup:
    """The lists of a task, as a part of its page; nothing where there are none."""
    lists = queries.of_task(project_id, task_id)
    return Markup(render_template("checklists/_task.html", project_id=project_id, lists=lists) if lists else "")  # noqa: S704  # a template's own markup


def obstacles_to_complete(question: MayComplete) -> list[Obstacle]:
    """The required items that a milestone still waits for, a sentence a list."""
    return [
        Obstacle(
            ngettext(
                "One required item of “%(list)s” is open.",
                "%(num)s required items of “%(list)s” are open.",
                count,
                list=name,
            ),
            address("checklists.show", project_id=project_id, checklist_id=checklist_id, show="open"),
        )
        for project_id, checklist_id, name, count in queries.open_required(question.milestone_id)
    ]
