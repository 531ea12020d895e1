"""starts of branches

A branch that is brought up to date is compared with the plan as it is then; the earlier start stays for undo.

Revision ID: 0055
Revises: 0060
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    with op.batch_alter_table("project") as batch:
        batch.add_column(sa.Column("branch_start", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("branch_start") as batch:
        batch.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
        batch.drop_constraint(batch.f("uq_branch_start_project_id"), type_="unique")
        batch.create_unique_constraint(batch.f("uq_branch_start_project_id_number"), ["project_id", "number"])


def downgrade() -> None:
    """Go backwards: the start that counts stays."""
    op.execute(
        "DELETE FROM branch_start WHERE NOT EXISTS (SELECT 1 FROM project WHERE project.id = "
        "branch_start.project_id AND project.branch_start = branch_start.number)"
    )
    with op.batch_alter_table("branch_start") as batch:
        batch.drop_constraint(batch.f("uq_branch_start_project_id_number"), type_="unique")
        batch.drop_column("number")
        batch.create_unique_constraint(batch.f("uq_branch_start_project_id"), ["project_id"])
    with op.batch_alter_table("project") as batch:
        batch.drop_column("branch_start")
