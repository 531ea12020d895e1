"""Every route x every role, with real sessions: who is let in, who is turned away, and how."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from infra import http
from tests import factories
from tests.web.permission_roles import EVERYBODY, ROLES
from tests.web.permission_table import TABLE

IN_PROJECT = ("manager", "member", "stakeholder", "executive")
IN_CRM = {
    "representative": "sales-representative",
    "sales manager": "sales-manager",
    "marketer": "marketing-specialist",
    "agent": "service-agent",
    "crm executive": "executive",
}
LET_IN = "let in"


def routes(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.rpartition(".")[2] != "static"]


@pytest.fixture
def doors(app: Flask) -> Flask:
    """The application with every view replaced by one that says it was reached: only the doors are tried.

    Doors send people to places of other rooms, whether those are there yet or not.
    """
    app.url_build_error_handlers.append(lambda *_what: "/")
    for rule in routes(app):
        permission = http.permission_of(rule.endpoint)
        app.view_functions[rule.endpoint] = http.requires(permission or "")(lambda **_arguments: LET_IN)
    return app


@pytest.fixture
def project(app: Flask) -> int:
    return factories.project("Ours")


def browser(app: Flask, role: str, project: int):
    client = app.test_client()
    if role == "anonymous":
        return client
    held = {project: role} if role in IN_PROJECT else {}
    made = factories.person(role=role if role == "administrator" else "person", projects=held)
    if role in IN_CRM:
        factories.crm_role(made, IN_CRM[role])
    return factories.sign_in(client, made)


def knock(client, app: Flask, rule: Rule, project: int):
    values = {name: project if name == "project_id" else _value(rule, name) for name in rule.arguments}
    address = app.url_map.bind("localhost").build(rule.endpoint, values, method=_method(rule))
    return client.open(address, method=_method(rule))


def _value(rule: Rule, name: str) -> object:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if converter.regex == r"\d+" else "x"


def _method(rule: Rule) -> str:
    return next(method for method in sorted(rule.methods or ()) if method not in ("HEAD", "OPTIONS"))


def outcome(answer) -> str:
    if answer.status_code == 200 and answer.text == LET_IN:
        return LET_IN
    if answer.status_code == 302 and answer.location.startswith("/sign-in"):
        return "sent to sign in"
    return str(answer.status_code)


def test_every_route_has_a_line_and_every_line_a_route(app):
    there = {rule.endpoint for rule in routes(app)}
    missing = [f'    "{endpoint}": ...,' for endpoint in sorted(there - set(TABLE))]
    assert not missing, "Give these routes a line in tests/web/permission_table.py:\n" + "\n".join(missing)
    assert sorted(set(TABLE) - there) == [], "These lines have no route any more."


@pytest.mark.parametrize("role", ROLES)
def test_the_doors_open_for_whom_the_table_says(doors, project, role):
    client = browser(doors, role, project)
    wrong = []
    for rule in (rule for rule in routes(doors) if rule.endpoint in TABLE):
        allowed = role in TABLE[rule.endpoint]
        got = outcome(knock(client, doors, rule, project))
        if (got == LET_IN) is not allowed or got in ("500", "405"):
            wrong.append(f"{rule.endpoint}: {role} is {got}, the table says {'yes' if allowed else 'no'}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", [*IN_PROJECT, "outsider"])
def test_another_projects_address_is_as_good_as_none(doors, project, role):
    theirs = factories.project("Theirs")
    client = browser(doors, role, project)
    found = {
        rule.endpoint: outcome(knock(client, doors, rule, theirs))
        for rule in routes(doors)
        if "project_id" in rule.arguments and TABLE.get(rule.endpoint) != EVERYBODY
    }
    assert {endpoint: got for endpoint, got in found.items() if got != "404"} == {}


@pytest.mark.parametrize("role", IN_PROJECT)
def test_a_role_refused_in_its_own_project_is_told_so(doors, project, role):
    client = browser(doors, role, project)
    refused = [rule for rule in routes(doors) if role not in TABLE.get(rule.endpoint, EVERYBODY)]
    assert {outcome(knock(client, doors, rule, project)) for rule in refused} == {"403"}


def test_a_script_without_a_session_gets_an_answer_it_can_read(doors):
    answer = doors.test_client().get("/admin/people", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")


def test_a_fragment_asked_without_a_session_leads_the_whole_page_to_the_door(doors):
    answer = doors.test_client().get("/admin/people", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/sign-in?next=")
