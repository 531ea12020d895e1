"""Signing and deciding: who may, what is needed, what follows, and that what was altered is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from accounts.notices.models import Notice
from infra.database import db
from kernel.errors import Refused, RuleBroken
from readiness.decisions import queries as decisions
from readiness.decisions.models import ReadinessDecision
from readiness.decisions.rules import Altered, Condition, canonical, digest_of, frozen
from readiness.gates import queries as gates
from readiness.gates import service as criteria
from readiness.gates.rules.decision import Decision
from readiness.gates.rules.results import Result
from readiness.meeting import service
from readiness.meeting.jobs import renew_signoffs
from readiness.signoffs import queries as signoffs
from readiness.signoffs import service as signing
from readiness.signoffs.rules import Chosen
from readiness.verdict import queries as verdict
from roadmap.actions import queries as actions
from roadmap.projects import service as projects
from tests.fixtures.app import NOW
from tests.readiness.meeting.conftest import TODAY

ENTRY = "WHERE subject LIKE 'readiness_decision:%'"
DUE = TODAY + timedelta(days=7)


def table(scene):
    [gate] = gates.gates(scene.project)
    return signoffs.table(scene.project, gate.id)


def test_unless_somebody_chose_those_sign_who_decide_about_must_haves_and_the_sponsor(scene):
    found = table(scene)
    assert [(each.seat.key, each.seat.people[0].name) for each in found.places] == [
        ("role:data", "Leila"),
        ("member:executive", "Beatrix"),
    ]
    assert [each.seat.key for each in found.places if each.seat.decides] == ["member:executive"]


def test_a_manager_chooses_who_signs_and_how_many_have_to(scene):
    chosen = Chosen(["member:manager", f"person:{scene.leila.id}"], ["member:manager"], ["member:manager"], 2)
    signing.choose(scene.project, "go-live", chosen, actor=scene.maren)
    found = table(scene)
    assert [(each.seat.name, each.seat.required, each.seat.decides) for each in found.places] == [
        ("Manager of the roll-out", True, True),
        ("Leila", False, False),
    ]
    assert found.quorum == 2
    with pytest.raises(RuleBroken):
        signing.choose(scene.project, "go-live", Chosen(["person:999"]), actor=scene.maren)


def test_asking_tells_everybody_who_signs(scene):
    scene.ask()
    told = {row.person_id for row in db.session.query(Notice) if row.kind == "request"}
    assert told == {scene.leila.id, scene.beatrix.id}
    assert signing.remind(scene.project, "go-live", actor=scene.maren) == 2


def test_nobody_signs_before_it_is_asked_for_nor_for_somebody_else(scene):
    with pytest.raises(RuleBroken):
        scene.sign(scene.leila, "role:data")
    scene.ask()
    with pytest.raises(Refused):
        scene.sign(scene.maren, "role:data")


def test_the_last_word_of_a_round_counts_and_a_new_round_begins_empty(scene):
    scene.ask()
    scene.sign(scene.leila, "role:data", "reject", "Not yet")
    scene.sign(scene.leila, "role:data")
    assert [each.counted.answer.value for each in table(scene).places if each.counted] == ["approve"]
    scene.ask()
    assert table(scene).counted == ()
    [gate] = gates.gates(scene.project)
    assert [(number, word.answer.value) for number, word in signoffs.earlier(scene.project, gate.id)] == [
        (1, "approve"),
        (1, "reject"),
    ]


def test_criteria_measure_the_share_that_approves(scene):
    values = {
        "statement": "All agree", "source": "sign-off", "subject": "all", "unit": "%", "threshold": 100,
        "comparator": ">=", "minimum_sample": 1,
    }  # fmt: skip
    number, _work = criteria.add_criterion(scene.project, "go-live", values, actor=scene.maren)

    def line():
        found = verdict.standing(gates.gate(scene.project, "go-live"), scene.look)
        return next(each for each in found.lines if each.criterion.id == number)

    assert line().result is Result.UNKNOWN
    scene.ask()
    assert (line().result, line().evidence.why) == (Result.UNKNOWN, "nobody has signed yet")
    scene.sign(scene.leila, "role:data", "condition", "Mend the addresses")
    assert (line().evidence.value, line().evidence.n, line().result) == (50.0, 1, Result.FAIL)
    scene.sign(scene.beatrix, "member:executive")
    assert (line().evidence.value, line().result) == (100.0, Result.PASS)


def test_a_word_goes_stale_when_the_figures_get_worse_and_is_asked_for_again(scene, app):
    scene.state(1.0)
    scene.all_sign()
    assert table(scene).reached
    assert service.renew(scene.look) == 0
    scene.state(0.0)
    told = db.session.query(Notice).count()
    assert renew_signoffs(scene.maren, NOW) == "2 sign-offs"
    db.session.expire_all()
    found = table(scene)
    assert (found.reached, len(found.stale)) == (False, 2)
    assert db.session.query(Notice).count() > told or db.session.query(Notice).filter(Notice.kind == "request").count()
    scene.sign(scene.leila, "role:data", "reject", "It got worse")
    assert len(table(scene).stale) == 1


def test_a_go_needs_the_quorum_and_a_no_go_does_not(scene):
    scene.state(1.0)
    with pytest.raises(RuleBroken) as refused:
        scene.decide("go")
    assert "Data owner" in str(refused.value.params)
    assert scene.decide("no-go", reasons="We wait a week") == 1


def test_only_who_decides_decides_and_a_closed_roll_out_takes_no_decision(scene):
    scene.state(1.0)
    scene.all_sign()
    with pytest.raises(Refused):
        scene.decide("go", scene.maren)
    projects.archive(scene.project, actor=scene.maren, now=NOW)
    with pytest.raises(RuleBroken):
        scene.decide("go")


@pytest.mark.parametrize(("decision", "stated"), [("go", 0.0), ("no-go", 1.0), ("go-with-conditions", 1.0)])
def test_going_against_the_figures_needs_reasons(scene, decision, stated):
    scene.state(stated)
    scene.all_sign()
    with pytest.raises(RuleBroken) as refused:
        scene.decide(decision, key="one")
    assert refused.value.field == "reasons"
    assert scene.decide(decision, reasons="The board wants it so.", key="two") == 1


def test_going_against_a_no_needs_reasons(scene):
    scene.state(1.0)
    scene.ask()
    scene.sign(scene.leila, "role:data", "reject", "Keys are missing")
    scene.sign(scene.beatrix, "member:executive")
    with pytest.raises(RuleBroken):
        scene.decide("go")


def test_conditions_become_action_items_with_the_decision(scene):
    scene.state(1.0)
    scene.ask()
    scene.sign(scene.leila, "role:data", "condition", "Mend the addresses", DUE)
    scene.sign(scene.beatrix, "member:executive")
    wanted = (
        Condition("signoff-1", "Mend the addresses", f"project:{scene.project}", scene.leila.id, DUE),
        Condition(f"criterion-{scene.criterion}", "A survey", f"criterion:{scene.criterion}", scene.maren.id, DUE),
    )
    with pytest.raises(RuleBroken) as refused:
        scene.decide("go-with-conditions", reasons="As asked", conditions=(replace(wanted[0], due=None),), key="no")
    assert refused.value.field == "due-signoff-1"
    assert actions.rows(scene.project) == []
    scene.decide("go-with-conditions", reasons="As asked", conditions=wanted, key="yes")
    rows = {row.subject: (row.title, row.owner_id, row.due) for row in actions.rows(scene.project)}
    assert rows == {
        f"project:{scene.project}": ("Mend the addresses", scene.leila.id, DUE),
        f"criterion:{scene.criterion}": ("A survey", scene.maren.id, DUE),
    }
    kept = decisions.decision(scene.project, 1).document["conditions"]
    assert {each["action"] for each in kept} == {row.id for row in actions.rows(scene.project)}


def test_a_decision_ends_its_round_until_it_is_asked_anew(scene):
    scene.state(1.0)
    scene.all_sign()
    scene.decide("no-go", reasons="We wait a week")
    with pytest.raises(RuleBroken, match="was taken on the words of this round"):
        scene.sign(scene.leila, "role:data", "reject", "Too late")
    with pytest.raises(RuleBroken, match="was taken on the words of this round"):
        service.remind(scene.project, "go-live", actor=scene.maren)
    scene.state(0.0)
    assert service.renew(scene.look) == 0
    assert [each.answer.value for each in table(scene).counted] == ["approve", "approve"]
    scene.ask()
    scene.sign(scene.leila, "role:data", "reject", "It got worse")
    assert [each.answer.value for each in table(scene).counted] == ["reject"]


def test_the_same_press_decides_once(scene):
    scene.state(1.0)
    scene.all_sign()
    assert [scene.decide("go", key="press") for _turn in range(2)] == [1, 1]
    assert len(decisions.decisions(scene.project)) == 1


def test_a_newer_decision_supersedes_with_a_reason_and_both_stay(scene):
    scene.state(1.0)
    scene.all_sign()
    scene.decide("no-go", reasons="Holiday", key="a")
    with pytest.raises(RuleBroken) as refused:
        scene.decide("go", key="b")
    assert refused.value.field == "superseding"
    scene.decide("go", superseding="Everybody is back", key="c")
    new, old = decisions.decisions(scene.project)
    assert (new.number, new.supersedes, new.stands) == (2, 1, True)
    assert (old.superseded_by, old.stands, old.altered) == (2, False, ())
    launched = decisions.launched(scene.project)
    assert launched is not None
    assert launched.number == 2


def taken(scene):
    scene.state(1.0)
    scene.all_sign()
    scene.decide("go")
    return decisions.decision(scene.project, 1)


def test_a_decision_keeps_all_that_it_rests_on(scene):
    found = taken(scene)
    document = found.document
    assert (found.decision, found.altered, found.signatures) == (Decision.GO, (), 2)
    assert [each["result"] for each in document["criteria"]] == ["pass"]
    assert [each["person"] for each in document["signoffs"]] == ["Leila", "Beatrix"]
    assert document["sentence"].startswith("Go today.")
    scene.state(0.0)
    assert decisions.decision(scene.project, 1).document == document


def test_the_product_never_edits_a_decision(scene):
    taken(scene)
    row = db.session.query(ReadinessDecision).one()
    row.reasons = "Other ones"
    with pytest.raises(RuntimeError, match="never changed"):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE readiness_decision SET document = replace(document, '\"pass\"', '\"fail\"')", Altered.DOCUMENT),
        ("UPDATE readiness_decision SET decision = 'no-go'", Altered.COLUMNS),
        ("UPDATE readiness_decision SET reasons = 'Because'", Altered.COLUMNS),
        ("UPDATE readiness_decision SET digest = 'x'", Altered.ENTRY),
        (f"DELETE FROM audit_entry {ENTRY}", Altered.NO_ENTRY),
        (f"UPDATE audit_entry SET changes = replace(changes, '\"go\"', '\"no\"') {ENTRY}", Altered.TRAIL),
        (f"UPDATE audit_entry SET hash = 'x' {ENTRY}", Altered.TRAIL),
    ],
)  # fmt: skip
def test_what_was_altered_by_sql_is_found(scene, statement, found):
    taken(scene)
    with db.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1
    db.session.rollback()
    assert found in decisions.decision(scene.project, 1).altered


def test_a_decision_that_was_forged_whole_is_found_by_the_trail(scene):
    found = taken(scene)
    forged = frozen({**found.document, "decision": "no-go"})
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE readiness_decision SET decision = 'no-go', document = :document, digest = :digest"),
            {"document": canonical(forged), "digest": digest_of(forged)},
        )
    db.session.rollback()
    assert decisions.decision(scene.project, 1).altered == (Altered.ENTRY,)


def test_a_decision_that_was_removed_by_sql_is_missed(scene):
    taken(scene)
    assert decisions.lost(scene.project) == []
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM readiness_decision"))
    db.session.rollback()
    assert decisions.lost(scene.project) == [1]


def test_a_copy_asks_the_same_people(scene):
    signing.choose(scene.project, "go-live", Chosen(["role:data"], ["role:data"]), actor=scene.maren)
    copy = projects.copy(scene.project, "Second", date(2026, 4, 6), actor=scene.maren, now=NOW)
    [gate] = gates.gates(copy)
    assert [each.seat.key for each in signoffs.table(copy, gate.id).places] == ["role:data"]
