"""recognition

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from infra.database import Instant

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of help that is offered, and of recognition."""
    op.create_table(
        "adoption_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("gap", sa.String(length=20), nullable=False),
        sa.Column("feature", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["offered_by_id"], ["person.id"], name=op.f("fk_adoption_offer_offered_by_id_person")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_adoption_offer_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_offer")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("adoption_offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adoption_offer_offered_by_id"), ["offered_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adoption_offer_project_id"), ["project_id"], unique=False)

    op.create_table(
        "recognition_opt_out",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recognition_opt_out_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_opt_out")),
        sa.UniqueConstraint("person_id", name=op.f("uq_recognition_opt_out_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recognition_reward",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("given_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_recognition_reward_given_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recognition_reward_person_id_person")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_recognition_reward_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_recognition_reward_team_id_team"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_reward")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("recognition_reward", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recognition_reward_given_by_id"), ["given_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recognition_reward_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recognition_reward_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recognition_reward_team_id"), ["team_id"], unique=False)

    op.create_table(
        "recognition_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_recognition_setting_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_setting")),
        sa.UniqueConstraint("project_id", name=op.f("uq_recognition_setting_project_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Forget both."""
    op.drop_table("recognition_setting")
    with op.batch_alter_table("recognition_reward", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recognition_reward_team_id"))
        batch_op.drop_index(batch_op.f("ix_recognition_reward_project_id"))
        batch_op.drop_index(batch_op.f("ix_recognition_reward_person_id"))
        batch_op.drop_index(batch_op.f("ix_recognition_reward_given_by_id"))

    op.drop_table("recognition_reward")
    op.drop_table("recognition_opt_out")
    with op.batch_alter_table("adoption_offer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adoption_offer_project_id"))
        batch_op.drop_index(batch_op.f("ix_adoption_offer_offered_by_id"))

    op.drop_table("adoption_offer")
