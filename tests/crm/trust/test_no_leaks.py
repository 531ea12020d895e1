"""What one may not see does not exist: random questions, totals, and every page of the CRM read for secret words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial

import pytest
from flask import Flask
from werkzeug.routing import Rule

from benchmarks import crm_permissions as bench
from crm.access import rules as access_rules
from crm.access.queries import access_of
from crm.access.rules import SEE
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from crm.records.models import TABLES
from infra.database import db

NAMES = frozenset({"first_name", "last_name", "name"})
"""The name is made of its parts: who may read the one reads the others."""
QUERIES = ("", "?q=zq", "?format=csv", "?view=all&count=exact")


@pytest.fixture
def world(app: Flask):
    return bench.build(app)


def test_rule_database_and_pages_answer_alike(world):
    found = [(each[0].who.name, *vars(each[0]).values(), *each[1:]) for each in bench.disagreements(world, 150)]
    assert found == []


def test_filtered_totals_are_those_of_every_record_asked_one_by_one(world):
    assert bench.wrong_counts(world) == []


def pages(app: Flask) -> list[Rule]:
    """Every page of the CRM that can be read, and the search across everything."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and (rule.rule.startswith("/crm") or rule.endpoint.startswith("search."))
    ]


def addresses(app: Flask, rule: Rule, world: bench.World) -> list[str]:
    """The page for every object, for a record that is one's own and one that is not."""
    plural = {"plural", "kind", "object", "target"} & rule.arguments
    adapter, found = app.url_map.bind("localhost"), []
    own = dict(reversed(world.records))
    for kind in OBJECTS if plural else ("lead",):
        said = {name: OBJECTS[kind].plural if name == "plural" else kind for name in plural}
        for number in {own[kind], own[kind] + 4} if rule.arguments - plural else {0}:
            rest = {name: _value(rule, name, number) for name in rule.arguments - plural}
            with suppress(ValueError):  # an address of some objects only
                found.append(adapter.build(rule.endpoint, said | rest, method="GET"))
    return found


def _value(rule: Rule, name: str, number: int) -> object:
    return number if rule._converters[name].regex == r"\d+" else "name"


def reader(who) -> Callable[[str, int, str], bool]:
    """Whether this person may read a field: judged once a field, because pages only read and change no answer."""
    access = access_of(who)
    return cache(partial(_may, access))


def _may(access, kind: str, record_id: int, key: str) -> bool:
    subject, record = OBJECTS[kind], db.session.get(TABLES[kind], record_id)
    facts = records.facts(access, SEE, subject, record)
    keys = [each for each in NAMES if subject.has(each)] if key in NAMES else [key]
    return any(access_rules.may(access, SEE, subject, facts, each) for each in keys)


def leaks(world: bench.World, may: Callable[[str, int, str], bool], text: str) -> set[tuple[str, int, str]]:
    """The secret words on a page that its reader may not read."""
    return {held for held in {world.words[int(found)] for found in bench.WORD.findall(text)} if not may(*held)}


@pytest.mark.parametrize("place", range(7), ids=[each.key for each in access_rules.SHIPPED])
def test_no_page_shows_a_field_that_the_reader_may_not_see(app, world, place):
    who, found, read = world.people[place], {}, 0
    may = reader(who)
    for rule in pages(app):
        for address in addresses(app, rule, world):
            for query in QUERIES if rule.arguments == {"plural"} else ("",):
                answer = world.browsers[who.id].get(address + query)
                assert answer.status_code < 500, address + query
                read += len(bench.WORD.findall(answer.text))
                if shown := leaks(world, may, answer.text):
                    found[address + query] = sorted(shown)[:3]
    assert found == {}
    assert read, "no page showed anything at all"
