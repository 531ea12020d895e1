"""How much there is of each object for the reader, and what goes when a module is switched off."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, select

from crm.access import rules as access_rules
from crm.access.models import ModuleSwitch
from crm.access.queries import reach
from crm.access.rules import Access
from crm.modules.events import MaySwitchOffModule
from crm.modules.rules.maps import Process
from crm.objects.rules.catalogue import OBJECTS, Module
from crm.queues.rules import OPEN as OPEN_TICKETS
from crm.records.models import TABLES
from infra.database import db
from kernel.questions import Obstacle

_STATE = {"lead": "status", "opportunity": "outcome", "activity": "state", "campaign": "state"} | {
    "account": "kind",
    "ticket": "state",
}
"""The column that says in which state of a process a record is."""


def counts(access: Access) -> dict[str, int]:
    """How many records of each object the reader sees, in one statement; an object that they may not see is missing."""
    return _counted(access, {key: (key, None) for key in OBJECTS})


def step_counts(access: Access, processes: Iterable[Process]) -> dict[str, int]:
    """How many records the reader sees in the state of each step, by ``object:state``, in one statement."""
    wanted = {f"{each.object}:{each.state}": (each.object, each.state) for way in processes for each in way.steps}
    return _counted(access, {key: (kind, state or None) for key, (kind, state) in wanted.items()})


def _counted(access: Access, wanted: dict[str, tuple[str, str | None]]) -> dict[str, int]:
    columns: list[ColumnElement[int]] = []
    shown = []
    for key, (kind, state) in wanted.items():
        subject, table, field = OBJECTS[kind], TABLES[kind], _STATE.get(kind, "")
        told = "stage_id" if field == "outcome" else field
        if not access_rules.may(access, access_rules.SEE, subject, None, told if state else None):
            continue
        about = [table.deleted_at.is_(None), reach(access, access_rules.SEE, subject, table, told if state else None)]
        if state:
            about.append(getattr(table, field) == state)
        columns.append(select(func.count(table.id)).where(*about).scalar_subquery())
        shown.append(key)
    return dict(zip(shown, db.session.execute(select(*columns)).one(), strict=True)) if columns else {}


def switch_of(module: Module) -> ModuleSwitch | None:
    """The row of a module that was ever switched; None for one that is on from the start."""
    return db.session.scalar(select(ModuleSwitch).where(ModuleSwitch.module == module.value))


def hidden_records(question: MaySwitchOffModule) -> list[Obstacle]:
    """How many records nobody could see any more, with how many of them are open."""
    return [
        Obstacle(said, f"/crm/{OBJECTS[kind].plural}")
        for kind in sorted(question.leaving)
        if (said := _hidden(kind, *_there(kind)))
    ]


def _there(kind: str) -> tuple[int, int]:
    table = TABLES[kind]
    live = select(func.count(table.id)).where(table.deleted_at.is_(None))
    going = _OPEN.get(kind)
    column, values = going or ("id", ())
    under_way = live.where(getattr(table, column).in_(values)) if going else live.where(table.id < 0)
    return db.session.scalar(live) or 0, db.session.scalar(under_way) or 0


_OPEN = {
    "opportunity": ("outcome", ("open",)),
    "lead": ("status", ("new", "contacted", "mql", "sql")),
    "campaign": ("state", ("planned", "running")),
    "ticket": ("state", OPEN_TICKETS),
}


def _hidden(kind: str, there: int, going: int) -> str:
    if not there:
        return ""
    subject = OBJECTS[kind]
    said = ngettext(
        "%(num)s %(one)s can't be seen any more",
        "%(num)s %(many)s can't be seen any more",
        there,
        one=subject.label.lower(),
        many=subject.label_plural.lower(),
    )
    return said + (_(", %(going)s of them under way.", going=going) if going else ".")
