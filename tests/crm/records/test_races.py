"""Two at once, on PostgreSQL, where both may write: whoever comes second sees what the first one did."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from crm.access.models import RecordShare
from crm.access.queries import state
from crm.access.service import take_role
from crm.conversion import service as conversion
from crm.conversion.rules import ConversionData
from crm.imports import service as imports
from crm.merging import service as merging
from crm.records import service
from crm.records.models import TABLES, Account, Lead
from crm.sharing import service as sharing
from crm.sharing.service import ShareData
from crm.tags import service as tags
from crm.tags.models import Tagging
from infra.database import db
from infra.transaction import Work
from kernel.errors import Conflict, NotFound, Problem, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.postgres


@pytest.fixture
def app(make_app, postgres_with_tables):
    made = make_app(ROADMAP_DATABASE_URL=postgres_with_tables)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def boss(app):
    return factories.crm_role(factories.person("Boss"), "crm-administrator")


@pytest.fixture
def at_once(app, monkeypatch):
    """Do several things, each in a thread; none commits before all have come as far, unless one waits for another."""

    def run(*acts: Callable[[], object]) -> list[object]:
        meeting, finish = threading.Barrier(len(acts)), Work.finish

        def finish_together(work):
            with contextlib.suppress(threading.BrokenBarrierError):
                meeting.wait(1)
            finish(work)

        monkeypatch.setattr(Work, "finish", finish_together)
        results: list[object] = []

        def one(act):
            with app.app_context():
                try:
                    results.append(act())
                except (Problem, IntegrityError) as problem:
                    results.append(problem)
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=one, args=[act]) for act in acts]
        for each in threads:
            each.start()
        for each in threads:
            each.join(20)
        monkeypatch.undo()
        db.session.rollback()
        return results

    return run


def refused(results, kind):
    return [each for each in results if isinstance(each, kind)]


def test_a_lead_is_converted_once(boss, at_once):
    lead = factories.record("lead", by=boss, first_name="Ines", last_name="Maertens", company="Oakfield")
    data = ConversionData(None, "Oakfield", None, None, None)
    results = at_once(*[lambda: conversion.convert(lead, data, actor=boss, now=NOW)] * 2)
    assert len(refused(results, Conflict)) == 1
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def test_of_two_who_change_the_same_field_one_is_asked(boss, at_once):
    lead = factories.record("lead", by=boss, company="Oakfield")
    acts = [
        lambda name=name: service.change(
            "lead", lead, {"company": name}, base={"company": "Oakfield"}, actor=boss, now=NOW
        )
        for name in ("Oakfield NV", "Oakfield BV")
    ]
    assert len(refused(at_once(*acts), service.Clash)) == 1


def test_two_fields_of_one_record_are_both_kept(boss, at_once):
    lead = factories.record("lead", by=boss, company="Oakfield")
    acts = [
        lambda field=field: service.change("lead", lead, {field: "New"}, base={field: ""}, actor=boss, now=NOW)
        for field in ("title", "next_step")
    ]
    assert refused(at_once(*acts), Problem) == []
    row = db.session.get(Lead, lead, populate_existing=True)
    assert (row.title, row.next_step) == ("New", "New")


def test_two_records_are_not_merged_into_each_other(boss, at_once):
    one, other = (factories.record("contact", by=boss, last_name="Maertens") for _ in range(2))
    acts = [
        lambda pair=pair: merging.merge("contact", pair[0], [pair[1]], {}, actor=boss, now=NOW)
        for pair in ((one, other), (other, one))
    ]
    assert len(refused(at_once(*acts), NotFound)) == 1
    table = TABLES["contact"]
    assert db.session.scalar(select(func.count()).select_from(table).where(table.deleted_at.is_(None))) == 1


def test_a_file_is_brought_in_once(boss, at_once):
    number = imports.keep_draft("account", "a.csv", b"name\nOakfield\nZoetis\n", actor=boss, now=NOW)
    results = at_once(*[lambda: imports.start(number, "full", actor=boss, now=NOW)] * 2)
    assert len(refused(results, RuleBroken)) == 1
    assert db.session.scalar(select(func.count()).select_from(Account)) == 2


def test_the_same_share_twice_at_once_is_the_same_as_once(boss, at_once):
    lead, ole = factories.record("lead", by=boss), factories.crm_role(factories.person("Ole"), "sales-representative")
    data = ShareData(f"person:{ole.id}")
    results = at_once(*[lambda: sharing.share("lead", lead, data, actor=boss, now=NOW)] * 2)
    assert (len(results), refused(results, Exception)) == (2, [])
    assert db.session.scalar(select(func.count()).select_from(RecordShare)) == 1


def test_the_same_tag_twice_at_once_is_the_same_as_once(boss, at_once):
    lead = factories.record("lead", by=boss)
    results = at_once(*[lambda: tags.put("lead", lead, "Hot", actor=boss)] * 2)
    assert (len(results), refused(results, Exception)) == (2, [])
    assert db.session.scalar(select(func.count()).select_from(Tagging)) == 1


def test_the_last_two_administrators_do_not_take_the_role_from_each_other(boss, at_once):
    other = factories.crm_role(factories.person("Other"), "crm-administrator")
    acts = [
        lambda pair=pair: take_role(pair[0].id, "crm-administrator", actor=pair[1])
        for pair in ((boss, other), (other, boss))
    ]
    assert len(refused(at_once(*acts), RuleBroken)) == 1
    assert len(state().administrators()) == 1
