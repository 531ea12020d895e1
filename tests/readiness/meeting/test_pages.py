"""The meeting, its presses and a decision's page: what they say, to whom, and what becomes of bad input."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from infra.database import db
from readiness.decisions import queries as decisions
from readiness.gates import queries as gates
from readiness.signoffs import queries as signoffs
from roadmap.actions import queries as actions
from tests import factories

HOSTILE = '<script>alert(1)</script> \u202eاختبار {{ 7 * 7 }} =cmd|"/c calc"'
MOST_STATEMENTS = 34
"""What every page asks for its frame, gates and sign-offs five, the decisions three and one for those that are lost."""


def browser(app, who):
    return factories.sign_in(app.test_client(), who)


def base(scene):
    return f"/projects/{scene.project}/readiness"


def test_the_meeting_opens_with_the_sentence_and_who_is_missing(app, scene, asked):
    scene.ask()
    scene.sign(scene.leila, "role:data")
    client = browser(app, scene.maren)
    page = client.get(f"{base(scene)}/decision").text
    for words in (
        "No-go today.",
        "One must-have is unknown.",
        "One of two has signed.",
        "The quorum waits for: Executive sponsor.",
        "A survey was held",
        "Beatrix decides.",
        "Remind those who are missing",
        "None was taken yet.",
    ):
        assert words in page, words
    with asked() as statements:
        client.get(f"{base(scene)}/decision")
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)


def test_the_readiness_page_shows_sign_offs_and_decisions_and_leads_to_the_meeting(app, scene):
    scene.state(1.0)
    scene.all_sign()
    scene.decide("go")
    page = browser(app, scene.maren).get(base(scene)).text
    for words in (
        "Go or no-go meeting",
        "The quorum is reached.",
        "Approved",
        "2 signatures",
        "/readiness/decisions/1",
    ):
        assert words in page, words


def test_a_decision_leads_to_the_pack_of_its_day(app, scene):
    scene.state(1.0)
    scene.all_sign()
    scene.decide("go")
    page = browser(app, scene.maren).get(base(scene)).text
    assert f'href="{base(scene)}/pack.pdf?gate=go-live&amp;as_of=2026-02-18" aria-label="PDF of the day' in page


def test_a_gate_that_is_asked_anew_after_its_decision_waits_for_one_again(app, scene):
    assert decisions.closed([scene.project]) == frozenset()
    scene.state(1.0)
    scene.all_sign()
    scene.decide("go")
    reader = browser(app, scene.beatrix)
    assert decisions.closed([scene.project]) == {gates.gate(scene.project, "go-live").id}
    assert "Sign off" not in reader.get("/portfolio/executive").text
    scene.ask()
    assert decisions.closed([scene.project]) == frozenset()
    assert "Sign off" in reader.get("/portfolio/executive").text


def test_a_gate_is_asked_signed_and_decided_through_its_pages(app, scene):
    maren, leila, beatrix = (browser(app, each) for each in (scene.maren, scene.leila, scene.beatrix))
    assert maren.post(f"{base(scene)}/gates/go-live/ask", data={"round_due": "2026-02-25"}).status_code == 303
    assert "due Wed 25 Feb" in maren.get(f"{base(scene)}/decision").text
    assert maren.post(f"{base(scene)}/gates/go-live/remind").status_code == 303
    signed = {"seat": "role:data", "answer": "condition", "words": HOSTILE, "due": "2026-02-24"}
    assert leila.post(f"{base(scene)}/gates/go-live/sign", data=signed).status_code == 303
    given = {"seat": "member:executive", "answer": "approve"}
    assert beatrix.post(f"{base(scene)}/gates/go-live/sign", data=given).status_code == 303
    page = beatrix.get(f"{base(scene)}/decision").text
    assert "<script>alert" not in page
    assert "The quorum is reached." in page
    number = scene.criterion
    [word] = [place.signed for place in table(scene).conditional]
    sent = {
        "key": "press", "decision": "go-with-conditions", "reasons": "The survey is next week.",
        f"owner-signoff-{word.id}": scene.leila.id, f"due-signoff-{word.id}": "2026-02-24",
        f"owner-criterion-{number}": scene.maren.id, f"due-criterion-{number}": "2026-02-27",
    }  # fmt: skip
    answer = beatrix.post(f"{base(scene)}/gates/go-live/decide", data=sent)
    assert (answer.status_code, answer.location) == (303, f"{base(scene)}/decisions/1")
    page = beatrix.get(answer.location).text
    for words in ("Decided: go with conditions.", "computed: no-go", "The survey is next week.", "Unaltered:", "Maren"):
        assert words in page, words
    assert "<script>alert" not in page
    assert len(actions.rows(scene.project)) == 2


def table(scene):
    [gate] = gates.gates(scene.project)
    return signoffs.table(scene.project, gate.id)


def test_an_altered_decision_says_so_loudly(app, scene):
    scene.state(1.0)
    scene.all_sign()
    scene.decide("go")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE readiness_decision SET document = replace(document, '\"pass\"', '\"warn\"')"))
    client = browser(app, scene.maren)
    assert (
        "This decision was altered after it was taken. Do not rely on it."
        in client.get(f"{base(scene)}/decisions/1").text
    )
    assert "Decision 1 was altered after it was taken" in client.get(f"{base(scene)}/decision").text
    assert "Altered after it was taken" in client.get(base(scene)).text


def test_after_the_decision_nobody_is_asked_for_a_word_until_it_is_asked_anew(app, scene):
    scene.ask()
    scene.sign(scene.leila, "role:data")
    leila = browser(app, scene.leila)
    assert "Your word" in leila.get(f"{base(scene)}/decision").text
    scene.decide("no-go", reasons="We wait a week")
    for path in (base(scene), f"{base(scene)}/decision"):
        page = leila.get(path).text
        assert "They stay as they were; others are given when it is asked anew." in page
        assert "Did not sign" in page
    assert "Your word" not in page
    assert "Remind those" not in browser(app, scene.maren).get(f"{base(scene)}/decision").text
    sent = {"seat": "role:data", "answer": "reject", "words": "Too late"}
    late = leila.post(f"{base(scene)}/gates/go-live/sign", data=sent)
    assert late.status_code == 422
    assert "Decision 1 was taken on the words of this round." in late.text
    scene.ask()
    assert "Your word" in leila.get(f"{base(scene)}/decision").text


def test_who_signs_is_chosen_on_a_page_and_can_be_undone(app, scene):
    client = browser(app, scene.maren)
    assert "Nobody chose yet." in client.get(f"{base(scene)}/gates/go-live/seats").text
    sent = {"seats": ["member:manager", "role:data"], "required": ["member:manager"], "deciding": "member:manager"}
    assert client.post(f"{base(scene)}/gates/go-live/seats", data={**sent, "quorum": "2"}).status_code == 303
    page = client.get(f"{base(scene)}/decision").text
    assert "Manager of the roll-out" in page
    assert "Undo" in page


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        ("ask", {"round_due": "2020-01-01"}, "Choose a day from today"),
        ("ask", {"round_due": "soon"}, "Write the day as 2026-03-03."),
        ("sign", {"seat": "member:executive", "answer": "reject"}, "The reason is needed."),
        ("sign", {"seat": "member:executive"}, "Choose an answer."),
        ("sign", {"seat": "member:executive", "answer": "condition", "words": "x" * 4001}, "4000"),
        ("decide", {"decision": "maybe"}, "Choose what is decided."),
        ("decide", {}, "Choose what is decided."),
        ("decide", {"decision": "go", "reasons": HOSTILE}, "There is no quorum yet"),
        ("seats", {}, "Choose at least one who signs."),
        ("seats", {"seats": "person:99999999999"}, "Choose from the list who signs."),
        ("seats", {"seats": "member:manager", "quorum": "7"}, "The quorum is a number from 1 to 1"),
        ("seats", {"seats": "member:manager", "quorum": "many"}, "Not saved"),
    ],
)
def test_bad_input_is_told_and_nothing_is_kept(app, scene, path, data, words):
    scene.ask()
    who = scene.maren if path in ("ask", "seats") else scene.beatrix
    answer = browser(app, who).post(f"{base(scene)}/gates/go-live/{path}", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert "<script>alert" not in answer.text
    assert decisions.decisions(scene.project) == []


def test_a_condition_without_an_owner_is_told_beside_it(app, scene):
    scene.ask()
    scene.sign(scene.leila, "role:data")
    scene.sign(scene.beatrix, "member:executive")
    sent = {"key": "k", "decision": "go-with-conditions", "reasons": "So", f"owner-criterion-{scene.criterion}": "x",
            f"due-criterion-{scene.criterion}": "2026-99-99"}  # fmt: skip
    answer = browser(app, scene.beatrix).post(f"{base(scene)}/gates/go-live/decide", data=sent)
    assert answer.status_code == 422
    assert "needs an owner." in answer.text
    assert 'value="2026-99-99"' in answer.text


def test_places_of_others_and_gates_that_are_not_there_are_refused(app, scene):
    scene.ask()
    maren = browser(app, scene.maren)
    assert (
        maren.post(f"{base(scene)}/gates/go-live/sign", data={"seat": "role:data", "answer": "approve"}).status_code
        == 403
    )
    assert maren.post(f"{base(scene)}/gates/go-live/sign", data={"seat": "x", "answer": "approve"}).status_code == 404
    assert maren.post(f"{base(scene)}/gates/go-live/decide", data={"decision": "no-go"}).status_code == 403
    for path in ("decision?gate=x", "decisions/9", "gates/x/seats"):
        assert maren.get(f"{base(scene)}/{path}").status_code == 404
