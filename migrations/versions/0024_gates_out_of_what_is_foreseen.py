"""gates out of what is foreseen

Gates and criteria that were foreseen move into the tables of readiness. What somebody had written on one is kept: a
note, a day set by hand, a gate's role and the mark "done" become paragraphs at the end of the gate's description or of
the criterion's reason; a mark is no evidence, so nothing passes by it. What was dropped is asked no longer, with a
dropped gate all of its criteria. Where a roll-out has its gates in both places already, the two become one.

Action items, comments, files, notices and links of risks that belonged to a foreseen criterion belong to the criterion.
A gate is nothing that they can belong to: its comments, files and links go to the milestone that it stands at (to the
roll-out where it stands at none), its action items stand by themselves and say in their details which gate they came
from.

Going back foresees gates and criteria again, with note, day, role, state and references as they were, but for what went
to a milestone and for the criteria of a dropped gate, which are all dropped then. The rows of readiness stay, with
statements, waivers and kept days, and are one with the foreseen ones again on the way forwards.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def _table(name: str, columns: str, **types: Any) -> Any:
    return sa.table(name, *(sa.column(each, types.get(each)) for each in columns.split()))


foreseen = _table(
    "foreseen",
    "id project_id phase_id parent_id position kind key name description role_id due due_offset anchor_id due_fixed"
    " state note details",
    due=sa.Date(), due_fixed=sa.Boolean(), details=sa.JSON(),
)  # fmt: skip
gate = _table(
    "readiness_gate",
    "id project_id phase_id milestone_id position key name description minimum_score minimum_confidence",
    minimum_score=sa.Double(), minimum_confidence=sa.Double(),
)  # fmt: skip
_SWITCHES = ("must_have", "never_waivable")
_ASKED = (
    "workaround", "category", "source", "subject", "comparator", "threshold", "margin", "unit", "weight", *_SWITCHES,
    "window_days", "minimum_sample", "freshness_days", "effort_days",
)  # fmt: skip
criterion = _table(
    "readiness_criterion",
    f"id project_id gate_id position key statement help role_id asked {' '.join(_ASKED)}",
    asked=sa.Boolean(), **dict.fromkeys(_SWITCHES, sa.Boolean()),
)  # fmt: skip
role = _table("project_role", "id project_id key name")
dates = _table("task_dates", "task_id finish", finish=sa.DateTime())
action = _table("action_item", "id project_id subject details")
link = _table("risk_link", "id risk_id subject")
_REFERRING = (action, link, *(_table(name, "id subject") for name in ("comment", "attachment", "notice")))
_USUAL: dict[str, Any] = {
    "workaround": "", "category": "process", "source": "survey", "subject": "", "comparator": ">=", "threshold": 1.0,
    "margin": 0.0, "unit": "yes/no", "weight": 1.0, "must_have": False, "never_waivable": False, "window_days": None,
    "minimum_sample": 0, "freshness_days": None, "effort_days": 1.0,
}  # fmt: skip
_IN_DETAILS = {"minimum_sample": "n"}
"""What details call by another name."""
_LEFT = "\n\nIt was about the gate “{}”."
_MARKS = re.compile(
    r"(?P<text>.*?)(?:\n\nIt was marked as (?P<state>done|dropped)\.)?"
    r"(?:\n\nIts day was set to (?P<due>\d{4}-\d\d-\d\d)\.)?"
    r"(?:\n\nIts role was “(?P<role>[^\n]*)”\.)?"
    r"(?:\n\nNoted: (?P<note>.*))?",
    re.DOTALL,
)


def upgrade() -> None:
    """Go forwards."""
    bind = op.get_bind()
    gates = _rows(bind, "gate")
    moved = {row.id: _gate(bind, row, place) for row, place in _placed(gates, "project_id")}
    dropped = {row.id for row in gates if row.state == "dropped"}
    asked = [row for row in _rows(bind, "criterion") if row.parent_id in moved]
    for row, place in _placed(asked, "parent_id"):
        number = _criterion(bind, row, moved[row.parent_id], place, asked=row.parent_id not in dropped)
        _refer(bind, f"foreseen:{row.id}", f"criterion:{number}")
    for row in gates:
        _let_go(bind, row)
    for kind in ("criterion", "gate"):
        bind.execute(sa.delete(foreseen).where(foreseen.c.kind == kind))


def downgrade() -> None:
    """Go back."""
    bind = op.get_bind()
    finishes = {row.task_id: row.finish.date() for row in bind.execute(sa.select(dates)) if row.finish}
    roles = {(row.project_id, row.name): row.id for row in bind.execute(sa.select(role))}
    keys = {row.id: row.key for row in bind.execute(sa.select(role))}
    highest = sa.select(foreseen.c.project_id, sa.func.max(foreseen.c.position)).group_by(foreseen.c.project_id)
    last = {row[0]: row[1] for row in bind.execute(highest)}
    for row in bind.execute(sa.select(gate).order_by(gate.c.project_id, gate.c.position, gate.c.id)).all():
        _foresee(bind, row, finishes, roles, keys, last)


def _rows(bind: Any, kind: str) -> list[Any]:
    query = sa.select(foreseen).where(foreseen.c.kind == kind)
    return list(bind.execute(query.order_by(foreseen.c.project_id, foreseen.c.position, foreseen.c.id)).all())


def _placed(rows: list[Any], inside: str) -> list[tuple[Any, int]]:
    """Each row with its place among those of the same project or gate."""
    counted: dict[int, int] = {}
    found = []
    for row in rows:
        group = getattr(row, inside)
        found.append((row, counted.get(group, 0)))
        counted[group] = counted.get(group, 0) + 1
    return found


def _gate(bind: Any, row: Any, place: int) -> int:
    """The gate of a foreseen one: a twin that is there, or a new row."""
    twin = _twin(bind, gate, row)
    name = bind.execute(sa.select(role.c.name).where(role.c.id == row.role_id)).scalar() if row.role_id else ""
    if twin is not None:
        text = _marked(twin.description, row, name or "")
        bind.execute(sa.update(gate).where(gate.c.id == twin.id).values(description=text))
        return int(twin.id)
    details = row.details or {}
    values = {
        "project_id": row.project_id, "phase_id": row.phase_id, "milestone_id": row.anchor_id, "position": place,
        "key": row.key, "name": row.name[:200], "description": _marked(row.description, row, name or ""),
        "minimum_score": _number(details.get("minimum_score"), 85.0),
        "minimum_confidence": _number(details.get("minimum_confidence"), 80.0),
    }  # fmt: skip
    return int(bind.execute(sa.insert(gate).values(values).returning(gate.c.id)).scalar_one())


def _criterion(bind: Any, row: Any, gate_id: int, place: int, *, asked: bool) -> int:
    twin = _twin(bind, criterion, row)
    wanted = asked and row.state != "dropped"
    if twin is not None:
        values = {"help": _marked(twin.help, row), "asked": wanted, "role_id": row.role_id}
        bind.execute(sa.update(criterion).where(criterion.c.id == twin.id).values(values))
        return int(twin.id)
    details = row.details or {}
    said = {name: details.get(_IN_DETAILS.get(name, name)) for name in _ASKED}
    measured = {name: _USUAL[name] if value is None else value for name, value in said.items()}
    values = {
        "project_id": row.project_id, "gate_id": gate_id, "position": place, "key": row.key, "statement": row.name,
        "help": _marked(row.description, row), "role_id": row.role_id, "asked": wanted, **measured,
    }  # fmt: skip
    return int(bind.execute(sa.insert(criterion).values(values).returning(criterion.c.id)).scalar_one())


def _twin(bind: Any, table: Any, row: Any) -> Any:
    where = (table.c.project_id == row.project_id, table.c.key == row.key)
    return bind.execute(sa.select(table).where(*where)).one_or_none()


def _number(value: Any, usual: float) -> float:
    return float(value) if isinstance(value, int | float) else usual


def _marked(text: str, row: Any, role_name: str = "") -> str:
    """A text with what somebody had written on the foreseen row."""
    said = [
        f"It was marked as {row.state}."
        if row.state == "done" or (row.state == "dropped" and row.kind == "gate")
        else "",
        f"Its day was set to {row.due.isoformat()}." if row.due_fixed and row.due else "",
        f"Its role was “{role_name}”." if role_name else "",
        f"Noted: {row.note}" if row.note else "",
    ]
    return "\n\n".join([text, *filter(None, said)])


def _refer(bind: Any, before: str, after: str) -> None:
    for table in _REFERRING:
        bind.execute(sa.update(table).where(table.c.subject == before).values(subject=after))


def _let_go(bind: Any, row: Any) -> None:
    """What belonged to a gate, which nothing can belong to any more."""
    before = f"foreseen:{row.id}"
    for each in bind.execute(sa.select(action).where(action.c.subject == before)).all():
        values = {"subject": "", "details": each.details + _LEFT.format(row.name)}
        bind.execute(sa.update(action).where(action.c.id == each.id).values(values))
    there = f"task:{row.anchor_id}" if row.anchor_id else f"project:{row.project_id}"
    linked = sa.select(link.c.risk_id).where(link.c.subject == there)
    bind.execute(sa.delete(link).where(link.c.subject == before, link.c.risk_id.in_(linked)))
    _refer(bind, before, there)


def _foresee(
    bind: Any, row: Any, finishes: dict[int, date], roles: dict[tuple[int, str], int], keys: dict[int, str],
    last: dict[int, int],
) -> None:  # fmt: skip
    """Foresee a gate and its criteria again, after everything else of the project."""
    day = finishes.get(row.milestone_id)
    shared = {"project_id": row.project_id, "phase_id": row.phase_id, "anchor_id": row.milestone_id}
    text, marks = _unmarked(row.description, day)
    asked = bind.execute(
        sa.select(criterion).where(criterion.c.gate_id == row.id).order_by(criterion.c.position, criterion.c.id)
    ).all()
    name = marks.pop("role")
    limits = {"minimum_score": row.minimum_score, "minimum_confidence": row.minimum_confidence}
    parent = _insert(
        bind, last, **shared, **marks, parent_id=None, kind="gate", key=row.key, name=row.name, description=text,
        role_id=roles.get((row.project_id, name)), details=limits,
    )  # fmt: skip
    bind.execute(sa.update(gate).where(gate.c.id == row.id).values(description=text))
    for each in asked:
        text, marks = _unmarked(each.help, day)
        marks.pop("role")
        marks |= {} if each.asked else {"state": "dropped"}
        details = {_IN_DETAILS.get(said, said): getattr(each, said) for said in _ASKED}
        details |= {"owner": keys[each.role_id]} if each.role_id in keys else {}
        number = _insert(
            bind, last, **shared, **marks, parent_id=parent, kind="criterion", key=each.key, name=each.statement,
            description=text, role_id=each.role_id, details=details,
        )  # fmt: skip
        bind.execute(sa.update(criterion).where(criterion.c.id == each.id).values(help=text))
        _refer(bind, f"criterion:{each.id}", f"foreseen:{number}")
    left = _LEFT.format(row.name)
    about = (
        action.c.project_id == row.project_id,
        action.c.subject == "",
        action.c.details.endswith(left, autoescape=True),
    )
    for each in bind.execute(sa.select(action).where(*about)).all():
        values = {"subject": f"foreseen:{parent}", "details": each.details.removesuffix(left)}
        bind.execute(sa.update(action).where(action.c.id == each.id).values(values))


def _insert(bind: Any, last: dict[int, int], **values: Any) -> int:
    number = values["project_id"]
    last[number] = last.get(number, -1) + 1
    made = sa.insert(foreseen).values(due_offset=0, position=last[number], **values)
    return int(bind.execute(made.returning(foreseen.c.id)).scalar_one())


def _unmarked(text: str, day: date | None) -> tuple[str, dict[str, Any]]:
    """A text without what was written on the row, and that as columns of a foreseen one."""
    found = _MARKS.fullmatch(text)
    if found is None:  # the expression takes any text
        raise ValueError(text)
    set_by_hand = date.fromisoformat(found["due"]) if found["due"] else None
    return found["text"], {
        "state": found["state"] or "planned", "due": set_by_hand or day, "due_fixed": set_by_hand is not None,
        "note": found["note"] or "", "role": found["role"] or "",
    }  # fmt: skip
