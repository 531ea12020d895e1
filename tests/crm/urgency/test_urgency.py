"""The matrix of priorities is edited, and open tickets follow at once."""

import pytest

from crm.queues import queries, rules
from crm.records.models import Ticket
from infra.audit.models import AuditEntry
from infra.database import db
from infra.undo import service as undo
from tests import factories

PAGE = "/crm/setup/priorities"


@pytest.fixture
def admin(app):
    return factories.crm_role(factories.person("Ada Admin"), "crm-administrator")


@pytest.fixture
def browser(app, admin):
    return factories.sign_in(app.test_client(), admin)


def sent(**other):
    return {"-".join(pair): priority for pair, priority in rules.shipped_matrix().items()} | other


def priority(number):
    db.session.expire_all()
    return db.session.get(Ticket, number).priority


def test_open_tickets_follow_a_new_matrix_and_solved_ones_stay(browser, admin):
    still, solved = (factories.record("ticket", state=state) for state in ("new", "resolved"))
    answer = browser.post(PAGE, data=sent(**{"medium-person": "critical"}), follow_redirects=True)
    assert "One open ticket changes its priority." in answer.text
    assert (priority(still), priority(solved)) == ("critical", "low")
    assert "One cell is another" in answer.text


def test_a_new_matrix_can_be_taken_back(browser, admin):
    number = factories.record("ticket")
    browser.post(PAGE, data=sent(**{"medium-person": "critical"}))
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "priorities.kept")).first()
    undo.undo(entry.transaction_id, actor=admin)
    assert (priority(number), queries.matrix()) == ("low", rules.shipped_matrix())


@pytest.mark.parametrize("wrong", ["", "urgent", "<b>"])
def test_every_cell_needs_a_priority_that_there_is(browser, wrong):
    answer = browser.post(PAGE, data=sent(**{"high-team": wrong, "low-person": "medium"}))
    assert (answer.status_code, "severity high and the impact team" in answer.text) == (422, True)
    assert queries.matrix() == rules.shipped_matrix()
