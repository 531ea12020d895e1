"""What no page of ours sends: a sentence each, and nothing is changed."""

import json

import pytest

from roadmap.editing import queries
from tests import factories

LONG = "x" * 10_000
BAD = [
    ({}, 422, "Send a list of acts"),
    ({"acts": []}, 422, "Send a list of acts"),
    ({"acts": {"act": "move"}}, 422, "Send a list of acts"),
    ({"acts": [None]}, 422, "An act is an object"),
    ({"acts": [{"act": "explode"}]}, 422, "There is no act “explode”"),
    ({"acts": [{"act": ["move"]}]}, 422, "There is no act"),
    ({"acts": [{"act": "move"}]}, 422, "Name the tasks by their numbers"),
    ({"acts": [{"act": "move", "ids": []}]}, 422, "Name the tasks by their numbers"),
    ({"acts": [{"act": "move", "ids": ["A"], "days": 1}]}, 422, "“A” is no number of a task"),
    ({"acts": [{"act": "move", "ids": [True], "days": 1}]}, 422, "is no number of a task"),
    ({"acts": [{"act": "move", "ids": [10**30], "days": 1}]}, 422, "is no number of a task"),
    ({"acts": [{"act": "move", "ids": ["A"]}]}, 422, "“A” is no number"),
    ({"acts": [{"act": "move", "ids": "A"}]}, 422, "Name the tasks by their numbers"),
    ({"acts": [{"act": "move", "ids": [-1], "days": 1}]}, 422, "A task of this act is not there"),
    ({"acts": [{"act": "move", "ids": ["a"], "start": 7}]}, 422, "is no number"),
    ({"acts": [{"act": "move", "ids": ["$a"]}]}, 422, "Say where to"),
    ({"acts": [{"act": "move", "ids": ["$a"], "start": "soon"}]}, 422, "“soon” is no date"),
    ({"acts": [{"act": "move", "ids": ["$a"], "start": ["2026-01-12"]}]}, 422, "has to be a text"),
    ({"acts": [{"act": "move", "ids": ["$a"], "start": "1899-12-31T09:00"}]}, 422, "Dates lie between 1990 and 2199"),
    ({"acts": [{"act": "move", "ids": ["$a"], "start": "9999-12-31T09:00"}]}, 422, "Dates lie between 1990 and 2199"),
    ({"acts": [{"act": "move", "ids": ["$a"], "days": 1.5}]}, 422, "“1.5” is no whole number"),
    ({"acts": [{"act": "move", "ids": ["$a"], "days": 10**9}]}, 422, "lies between -10,000 and 10,000"),
    ({"acts": [{"act": "stretch", "id": "$a", "finish": "2020-01-01"}]}, 422, "has to end after it starts"),
    ({"acts": [{"act": "stretch", "id": "$a", "duration": "long"}]}, 422, "“long” is no duration"),
    ({"acts": [{"act": "stretch", "id": "$a", "duration_minutes": 10**8}]}, 422, "lies between 0 and"),
    ({"acts": [{"act": "stretch", "id": "$a", "duration_minutes": 0}]}, 422, "has to end after it starts"),
    ({"acts": [{"act": "stretch", "id": "$live", "days": 1}]}, 422, "is a milestone and has no duration"),
    ({"acts": [{"act": "stretch", "id": "$above", "days": 1}]}, 422, "is a summary"),
    ({"acts": [{"act": "link", "from": "$a", "to": "$a"}]}, 422, "can't wait for itself"),
    ({"acts": [{"act": "link", "from": "$a", "to": "$c", "type": "XX"}]}, 422, "“XX” is no kind of link"),
    ({"acts": [{"act": "link", "from": "$a", "to": "$c", "lag": "soon"}]}, 422, "“soon” is no lag"),
    ({"acts": [{"act": "link", "from": "$a", "to": "$c", "lag": "2d;3"}]}, 422, "is no lag"),
    ({"acts": [{"act": "unlink", "from": "$a", "to": "$c"}]}, 422, "does not wait for"),
    ({"acts": [{"act": "place", "ids": ["$a"], "parent": "$live"}]}, 422, "A milestone holds no tasks"),
    ({"acts": [{"act": "place", "ids": ["$above"], "parent": "$a"}]}, 422, "can't be moved below itself"),
    ({"acts": [{"act": "place", "ids": ["$a"], "position": -1}]}, 422, "lies between 0 and"),
    ({"acts": [{"act": "indent", "ids": ["$a"]}]}, 422, "is the first here"),
    ({"acts": [{"act": "outdent", "ids": ["$d"]}]}, 422, "stands at the top level already"),
    ({"acts": [{"act": "add", "name": ""}]}, 422, "Give the task a name"),
    ({"acts": [{"act": "add", "name": LONG}]}, 422, "10000 characters; at most 300 fit"),
    ({"acts": [{"act": "add", "name": {"x": 1}}]}, 422, "has to be a text"),
    ({"acts": [{"act": "add", "name": "\ud800"}]}, 422, "has to be a text"),
    ({"acts": [{"act": "add", "name": "a\0b"}]}, 422, "has to be a text"),
    ({"acts": [{"act": "add", "name": "X", "duration": "20000d"}]}, 422, "duration"),
    ({"acts": [{"act": "add", "name": "X", "type": "summary"}]}, 422, "A summary comes from the tasks below it"),
    ({"acts": [{"act": "set", "id": "$a", "values": {}}]}, 422, "Name the fields to change"),
    ({"acts": [{"act": "set", "id": "$a", "values": {"project_id": 7}}]}, 422, "A task has no field “project_id”"),
    ({"acts": [{"act": "set", "id": "$a", "values": {LONG: 7}}]}, 422, "A task has no field"),
    ({"acts": [{"act": "set", "id": "$a", "values": {"name": LONG}}]}, 422, "at most 300 fit"),
    ({"acts": [{"act": "set", "id": "$a", "values": {"percent_complete": 140}}]}, 422, "between 0 and 100"),
    ({"acts": [{"act": "set", "id": "$a", "values": {"owner_id": 999_999}}]}, 422, "There is no such person"),
    ({"acts": [{"act": "set", "id": "$a", "values": {"deadline": "1899-01-01"}}]}, 422, "between 1990 and 2199"),
    ({"acts": [{"act": "set", "id": "$a", "values": {"predecessors": "77"}}]}, 422, "There is no task 77"),
    ({"acts": [{"act": "set", "id": "$a", "values": {"name": "X"}, "base": 7}]}, 422, "“base” names fields"),
    ({"acts": [{"act": "delete", "ids": ["$a"]}, {"act": "stretch", "id": "$a", "days": 1}]}, 422, "is not there"),
    ({"acts": [{"act": "delete", "ids": ["$a"]}] * 10_000}, 422, "10000 acts are too many"),
    ({"acts": [{"act": "delete", "ids": [*range(1, 600)]}]}, 422, "599 tasks are too many"),
    ({"acts": [{"act": "move", "ids": ["$a"], "days": 1}] * 60}, 422, "At most 50 acts"),
    ({"acts": [{"act": "stretch", "id": 999_999, "days": 1}]}, 404, ""),
    ({"acts": [{"act": "stretch", "id": "$elsewhere", "days": 1}]}, 404, ""),
    ({"acts": [{"act": "place", "ids": ["$a"], "parent": "$elsewhere"}]}, 404, ""),
    ({"acts": [{"act": "link", "from": "$elsewhere", "to": "$a"}]}, 404, ""),
    ({"acts": [{"act": "stretch", "id": "$a", "days": 1}], "version": None}, 422, "what this server gave"),
    ({"acts": [{"act": "stretch", "id": "$a", "days": 1}], "version": "1.1; DROP"}, 422, "what this server gave"),
    ({"acts": [{"act": "stretch", "id": "$a", "days": 1}], "version": "9999.9999999"}, 409, "Reload the page"),
    ({"acts": [{"act": "stretch", "id": "$a", "days": 1}], "choices": 7}, 422, "“choices” is a list"),
    ({"acts": [{"act": "stretch", "id": "$a", "days": 1}], "choices": [{"id": 1}]}, 422, "A choice names a task"),
]


def filled(value, plan):
    """The same with the plan's numbers where a name begins with a dollar."""
    if isinstance(value, dict):
        return {key: filled(each, plan) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, plan) for each in value]
    return getattr(plan, value[1:]) if isinstance(value, str) and value.startswith("$") else value


def test_what_is_wrong_is_said_and_nothing_is_stored(plan, editor):
    plan.elsewhere = factories.task(factories.project("Another"), "Not here")
    before = queries.hash_of(plan.project)
    for body, status, words in BAD:
        sent = {"version": editor.version, **filled(body, plan)}
        answer = editor.client.post(f"{editor.base}/acts", json=sent, headers={"Accept": "application/json"})
        assert answer.status_code == status, (str(body)[:200], answer.text[:300])
        assert words in answer.json["detail"], (str(body)[:200], answer.json["detail"])
        assert answer.mimetype == "application/problem+json"
    assert queries.hash_of(plan.project) == before


def test_a_preview_never_fails_on_them_either(plan, editor):
    plan.elsewhere = factories.task(factories.project("Another"), "Not here")
    for body, status, _words in BAD:
        sent = {"version": editor.version, **filled(body, plan)}
        answer = editor.client.post(f"{editor.base}/preview", json=sent, headers={"Accept": "application/json"})
        assert answer.status_code in {200, status}, (str(body)[:200], answer.text[:300])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"[]", "Send an object of JSON"),
        (b"\xff\xfe", "no JSON"),
        (b'{"acts": NaN}', "NaN is no number"),
        (b'{"acts": [{"act": "move", "ids": [1], "days": Infinity}]}', "Infinity is no number"),
        (b'{"a":' * 100_000, "no JSON"),
        (b'{"acts": ' + b"9" * 5000 + b"}", "no JSON"),
        (b'{"x": "' + b"x" * 1_100_000 + b'"}', "too much at once"),
    ],
)
@pytest.mark.parametrize("where", ["preview", "acts", "undo", "redo"])
def test_no_json_is_said(editor, body, words, where):
    answer = editor.client.post(f"{editor.base}/{where}", data=body, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert words in answer.json["detail"]


def test_rows_since_nonsense(editor):
    assert editor.client.get(f"{editor.base}/rows", query_string={"since": "yesterday"}).status_code == 422
    assert editor.client.get(f"{editor.base}/rows", query_string={"since": "99999.1"}).json["all"]


def test_another_project_is_not_there(app, plan, editor):
    stranger = factories.sign_in(app.test_client(), factories.person())
    for where in ("preview", "acts", "undo", "redo"):
        answer = stranger.post(f"{editor.base}/{where}", data=json.dumps({}), headers={"Accept": "application/json"})
        assert answer.status_code == 404
    assert stranger.get(f"{editor.base}/rows").status_code == 404


def test_a_member_reads_rows_and_changes_none(app, plan, editor):
    member = factories.sign_in(app.test_client(), factories.person(projects={plan.project: "member"}))
    assert member.get(f"{editor.base}/rows").status_code == 200
    assert member.post(f"{editor.base}/acts", json={"version": editor.version, "acts": []}).status_code == 403
