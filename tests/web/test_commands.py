"""What the commands about the application print."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests import factories
from web.commands import routes


@pytest.fixture
def run(app):
    return lambda command, *arguments: CliRunner().invoke(command, arguments, obj=lambda: app)


def test_routes_lists_each_with_its_permission_and_an_example_that_leads_somewhere(app, run):
    person = factories.administrator()
    found = json.loads(run(routes, "--format", "json").stdout)
    line = next(each for each in found if each["path"] == "/admin/people/<person_id>")
    assert line == {
        "method": "GET",
        "path": "/admin/people/<person_id>",
        "permission": "people.see",
        "example": f"/admin/people/{person.id}",
    }
    assert all(each["permission"] and "<" not in each["example"] for each in found)


def test_every_example_of_a_page_for_reading_answers_without_an_error(app, run):
    browser = factories.sign_in(app.test_client(), factories.administrator())
    found = json.loads(run(routes, "--format", "json").stdout)
    answers = {each["path"]: browser.get(each["example"]).status_code for each in found if each["method"] == "GET"}
    assert {path: status for path, status in answers.items() if status >= 500} == {}


def test_routes_as_text_is_a_table(run):
    assert run(routes).stdout.splitlines()[0].split() == ["method", "path", "permission", "example"]
