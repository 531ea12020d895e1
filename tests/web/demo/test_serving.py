"""The demo's help desk: how much was asked, what is late, and what happened on the eve."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from crm.access.queries import access_of
from crm.desk import queries as desk
from crm.desk.rules import Filters
from crm.records.models import Ticket
from crm.tickets import queries as tickets
from crm.tickets.models import CannedAnswer, TicketMessage
from infra.database import db
from kernel.actor import SYSTEM
from roadmap.helpdesk import queries as helpdesk
from tests.web.demo.conftest import DAY
from web.clock import morning_of

pytestmark = pytest.mark.slow
PAGE = Path(__file__).parents[3] / "docs" / "demo.md"


def count(*where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(Ticket).where(*where)) or 0  # type: ignore[arg-type]


def test_half_a_year_of_tickets_is_there(demo: Flask) -> None:
    assert count() == 600
    assert "600 tickets" in PAGE.read_text(encoding="utf-8")
    assert db.session.scalar(select(func.count()).select_from(TicketMessage)) > 1_500
    assert db.session.scalar(select(func.count()).select_from(CannedAnswer)) == 3
    assert count(Ticket.reopened > 0) >= 10
    assert count(Ticket.root_cause != "") > 50


def test_some_promises_are_broken_and_some_tickets_have_nobody(demo: Flask) -> None:
    found = desk.sums(access_of(SYSTEM), Filters(), morning_of(DAY))
    assert found.running > 20
    assert 0 < found.late < found.running / 2
    assert found.waiting > 0
    assert found.nobody > 0


def test_one_problem_is_behind_five_and_one_was_merged(demo: Flask) -> None:
    problem = db.session.scalars(select(Ticket).where(Ticket.kind == "problem")).one()
    assert problem.state == "escalated"
    assert problem.workaround
    affected = tickets.affected(access_of(SYSTEM), problem.id)
    assert [each.open for each in affected] == [True] * 5
    assert count(Ticket.merged_into_id.is_not(None)) == 1


def test_the_big_roll_out_has_its_queue(demo: Flask) -> None:
    queue = helpdesk.queue_of(1)
    assert queue is not None
    assert count(Ticket.queue_id == queue.id) == 75
