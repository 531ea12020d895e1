"""risks and actions

Tables of risks and action items. What was foreseen of both kinds moves there: a risk with its response, an action of a
meeting. Going back makes them foreseen again; scores of the past, reviews, links and the appetite have no place there.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table('action_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('details', sa.Text(), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.Column('due', sa.Date(), nullable=True),
    sa.Column('due_offset', sa.Integer(), nullable=True),
    sa.Column('due_fixed', sa.Boolean(), nullable=False),
    sa.Column('anchor_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', infra.database.Instant(), nullable=False),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', infra.database.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['anchor_id'], ['task.id'], name=op.f('fk_action_item_anchor_id_task'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_action_item_author_id_person')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['person.id'], name=op.f('fk_action_item_closed_by_id_person')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_action_item_owner_id_person')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_action_item_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['project_role.id'], name=op.f('fk_action_item_role_id_project_role')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_action_item')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_action_item_project_id_number')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('action_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_action_item_anchor_id'), ['anchor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_action_item_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index('ix_action_item_project_id_state_due', ['project_id', 'state', 'due'], unique=False)
        batch_op.create_index(batch_op.f('ix_action_item_role_id'), ['role_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_action_item_subject'), ['subject'], unique=False)

    op.create_table('risk_appetite',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_risk_appetite_project_id_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_appetite')),
    sa.UniqueConstraint('project_id', name=op.f('uq_risk_appetite_project_id')),
    sqlite_autoincrement=True
    )
    op.create_table('risk',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('effect', sa.Text(), nullable=False),
    sa.Column('category', sa.String(length=80), nullable=False),
    sa.Column('phase_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.Column('trigger', sa.Text(), nullable=False),
    sa.Column('inherent_probability', sa.Integer(), nullable=True),
    sa.Column('inherent_impact', sa.Integer(), nullable=True),
    sa.Column('probability', sa.Integer(), nullable=True),
    sa.Column('impact', sa.Integer(), nullable=True),
    sa.Column('target_probability', sa.Integer(), nullable=True),
    sa.Column('target_impact', sa.Integer(), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('chance', sa.Integer(), nullable=True),
    sa.Column('days_low', sa.Double(), nullable=True),
    sa.Column('days_high', sa.Double(), nullable=True),
    sa.Column('cost_low', sa.Integer(), nullable=True),
    sa.Column('cost_high', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', infra.database.Instant(), nullable=False),
    sa.Column('state_since', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_risk_author_id_person')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_risk_owner_id_person')),
    sa.ForeignKeyConstraint(['phase_id'], ['phase.id'], name=op.f('fk_risk_phase_id_phase')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_risk_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['project_role.id'], name=op.f('fk_risk_role_id_project_role')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_risk')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_risk_project_id_number')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('risk', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_risk_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_risk_phase_id'), ['phase_id'], unique=False)
        batch_op.create_index('ix_risk_project_id_state', ['project_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_risk_role_id'), ['role_id'], unique=False)

    op.create_table('risk_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('risk_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_risk_link_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['risk_id'], ['risk.id'], name=op.f('fk_risk_link_risk_id_risk'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_link')),
    sa.UniqueConstraint('risk_id', 'subject', name=op.f('uq_risk_link_risk_id_subject')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('risk_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_risk_link_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_risk_link_subject'), ['subject'], unique=False)

    op.create_table('risk_response',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('risk_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('due', sa.Date(), nullable=True),
    sa.Column('due_offset', sa.Integer(), nullable=True),
    sa.Column('due_fixed', sa.Boolean(), nullable=False),
    sa.Column('anchor_id', sa.Integer(), nullable=True),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('done_at', infra.database.Instant(), nullable=True),
    sa.Column('done_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['anchor_id'], ['task.id'], name=op.f('fk_risk_response_anchor_id_task'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['done_by_id'], ['person.id'], name=op.f('fk_risk_response_done_by_id_person')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_risk_response_owner_id_person')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_risk_response_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['risk_id'], ['risk.id'], name=op.f('fk_risk_response_risk_id_risk'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_response')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('risk_response', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_risk_response_anchor_id'), ['anchor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_risk_response_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_risk_response_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_risk_response_risk_id'), ['risk_id'], unique=False)

    op.create_table('risk_review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('risk_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_risk_review_person_id_person')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_risk_review_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['risk_id'], ['risk.id'], name=op.f('fk_risk_review_risk_id_risk'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_review')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('risk_review', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_risk_review_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_risk_review_risk_id'), ['risk_id'], unique=False)

    op.create_table('risk_score',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('risk_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', infra.database.Instant(), nullable=False),
    sa.Column('probability', sa.Integer(), nullable=False),
    sa.Column('impact', sa.Integer(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_risk_score_person_id_person')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_risk_score_project_id_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['risk_id'], ['risk.id'], name=op.f('fk_risk_score_risk_id_risk'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_score')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('risk_score', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_risk_score_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_risk_score_risk_id'), ['risk_id'], unique=False)
    _move_there()


def downgrade() -> None:
    """Go back."""
    _move_back()
    with op.batch_alter_table('risk_score', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_risk_score_risk_id'))
        batch_op.drop_index(batch_op.f('ix_risk_score_project_id'))

    op.drop_table('risk_score')
    with op.batch_alter_table('risk_review', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_risk_review_risk_id'))
        batch_op.drop_index(batch_op.f('ix_risk_review_project_id'))

    op.drop_table('risk_review')
    with op.batch_alter_table('risk_response', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_risk_response_risk_id'))
        batch_op.drop_index(batch_op.f('ix_risk_response_project_id'))
        batch_op.drop_index(batch_op.f('ix_risk_response_owner_id'))
        batch_op.drop_index(batch_op.f('ix_risk_response_anchor_id'))

    op.drop_table('risk_response')
    with op.batch_alter_table('risk_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_risk_link_subject'))
        batch_op.drop_index(batch_op.f('ix_risk_link_project_id'))

    op.drop_table('risk_link')
    with op.batch_alter_table('risk', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_risk_role_id'))
        batch_op.drop_index('ix_risk_project_id_state')
        batch_op.drop_index(batch_op.f('ix_risk_phase_id'))
        batch_op.drop_index(batch_op.f('ix_risk_owner_id'))

    op.drop_table('risk')
    op.drop_table('risk_appetite')
    with op.batch_alter_table('action_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_action_item_subject'))
        batch_op.drop_index(batch_op.f('ix_action_item_role_id'))
        batch_op.drop_index('ix_action_item_project_id_state_due')
        batch_op.drop_index(batch_op.f('ix_action_item_owner_id'))
        batch_op.drop_index(batch_op.f('ix_action_item_anchor_id'))

    op.drop_table('action_item')


_PLAIN = ["id", "project_id", "key", "phase_id", "role_id", "due_offset", "due_fixed", "anchor_id"]
foreseen = sa.table(
    "foreseen",
    *(sa.column(name) for name in (*_PLAIN, "parent_id", "position", "kind", "name", "description", "state", "note")),
    sa.column("due", sa.Date),
    sa.column("details", sa.JSON),
)
project = sa.table("project", sa.column("id"), sa.column("created_at", infra.database.Instant()))
role = sa.table("project_role", sa.column("id"), sa.column("key"))
_WHEN: dict[str, Any] = {
    **dict.fromkeys(("created_at", "closed_at", "done_at"), infra.database.Instant()),
    **dict.fromkeys(("due", "state_since"), sa.Date()),
}


def _table(name: str, columns: str) -> Any:
    return sa.table(name, *(sa.column(each, _WHEN.get(each)) for each in columns.split()))


risk = _table(
    "risk",
    "id project_id number key title description cause effect category phase_id state outcome owner_id role_id trigger"
    " inherent_probability inherent_impact probability impact created_at state_since",
)
response = _table("risk_response", "id project_id risk_id kind text due due_offset due_fixed anchor_id result done_at")
score = sa.table(
    "risk_score",
    *(sa.column(name) for name in ("project_id", "risk_id", "probability", "impact", "why")),
    sa.column("day", sa.Date),
    sa.column("at", infra.database.Instant()),
)
action = _table(
    "action_item",
    "id project_id number key title details subject owner_id role_id due due_offset due_fixed anchor_id state outcome"
    " created_at closed_at",
)
_RISK_STATE = {"done": "closed", "dropped": "rejected"}
_ACTION_STATE = {"planned": "open"}


def _move_there() -> None:
    bind = op.get_bind()
    wanted = foreseen.c.kind.in_(["risk", "action"])
    query = sa.select(foreseen, project.c.created_at).join(project, project.c.id == foreseen.c.project_id).where(wanted)
    numbers: dict[tuple[str, int], int] = {}
    for row in bind.execute(query.order_by(foreseen.c.project_id, foreseen.c.position, foreseen.c.id)).all():
        place = (row.kind, row.project_id)
        numbers[place] = numbers.get(place, 0) + 1
        (_risk_of if row.kind == "risk" else _action_of)(bind, row, numbers[place])
    bind.execute(sa.delete(foreseen).where(wanted))


def _risk_of(bind: Any, row: Any, number: int) -> None:
    details = row.details or {}
    rated = {"probability": details.get("probability"), "impact": details.get("impact")}
    known = all(isinstance(value, int) for value in rated.values())
    text = str(details.get("action") or "")
    state = _RISK_STATE.get(row.state) or ("identified" if not known else "response planned" if text else "assessed")
    day = row.created_at.date()
    values = {
        "project_id": row.project_id,
        "number": number,
        "key": row.key,
        "title": row.name,
        "description": row.description,
        "cause": "",
        "effect": "",
        "category": "",
        "phase_id": row.phase_id,
        "state": state,
        "outcome": row.note,
        "role_id": row.role_id,
        "trigger": str(details.get("trigger") or ""),
        "created_at": row.created_at,
        "state_since": day,
    }
    if known:
        values |= rated | {f"inherent_{name}": value for name, value in rated.items()}
    made = bind.execute(sa.insert(risk).values(values).returning(risk.c.id)).scalar_one()
    shared = {"project_id": row.project_id, "risk_id": made}
    if known and state not in _RISK_STATE.values():
        bind.execute(sa.insert(score).values({**shared, **rated, "day": day, "at": row.created_at, "why": ""}))
    if text:
        answer = {"kind": str(details.get("response") or "mitigate"), "text": text, "result": ""}
        answer["done_at"] = row.created_at if state == "closed" else None
        bind.execute(sa.insert(response).values({**shared, **answer, **_due(row)}))


def _action_of(bind: Any, row: Any, number: int) -> None:
    values = {
        "project_id": row.project_id,
        "number": number,
        "key": row.key,
        "title": row.name,
        "details": row.description,
        "subject": f"foreseen:{row.parent_id}" if row.parent_id else "",
        "role_id": row.role_id,
        "state": _ACTION_STATE.get(row.state, row.state),
        "outcome": row.note,
        "created_at": row.created_at,
        "closed_at": None if row.state == "planned" else row.created_at,
    }
    bind.execute(sa.insert(action).values({**values, **_due(row)}))


def _due(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("due", "due_offset", "due_fixed", "anchor_id")}


def _move_back() -> None:
    bind = op.get_bind()
    for row in bind.execute(sa.select(risk).order_by(risk.c.project_id, risk.c.number)).all():
        bind.execute(sa.insert(foreseen).values(_foreseen_risk(bind, row)))
    parents = set(bind.execute(sa.select(foreseen.c.id)).scalars())
    for row in bind.execute(sa.select(action).order_by(action.c.project_id, action.c.number)).all():
        bind.execute(sa.insert(foreseen).values(_foreseen_action(row, parents)))


def _foreseen_risk(bind: Any, row: Any) -> dict[str, Any]:
    answers = sa.select(response).where(response.c.risk_id == row.id).order_by(response.c.id).limit(1)
    answer = bind.execute(answers).one_or_none()
    rated = row.probability is not None and row.impact is not None
    details = {"trigger": row.trigger}
    if rated:
        details |= {"probability": row.probability, "impact": row.impact, "score": row.probability * row.impact}
    owner = bind.execute(sa.select(role.c.key).where(role.c.id == row.role_id)).scalar()
    details |= {"owner": owner} if owner else {}
    details |= {"response": answer.kind, "action": answer.text} if answer else {}
    return {
        **_shared(row, "risk"),
        **(_due(answer) if answer else {"due": None, "due_offset": None, "due_fixed": False, "anchor_id": None}),
        "name": row.title,
        "description": row.description,
        "phase_id": row.phase_id,
        "state": {"closed": "done", "rejected": "dropped"}.get(row.state, "planned"),
        "details": details,
    }


def _foreseen_action(row: Any, parents: set[int]) -> dict[str, Any]:
    kind, _colon, number = row.subject.partition(":")
    above = int(number) if kind == "foreseen" and number.isdigit() and int(number) in parents else None
    bind = op.get_bind()
    phase = bind.execute(sa.select(foreseen.c.phase_id).where(foreseen.c.id == above)).scalar() if above else None
    return {
        **_shared(row, "action"),
        **_due(row),
        "name": row.title,
        "description": row.details,
        "phase_id": phase,
        "parent_id": above,
        "state": "planned" if row.state == "open" else row.state,
        "details": {},
    }


def _shared(row: Any, kind: str) -> dict[str, Any]:
    return {
        "project_id": row.project_id,
        "kind": kind,
        "key": row.key or f"{kind}-{row.number}",
        "position": row.number,
        "role_id": row.role_id,
        "note": row.outcome,
    }
