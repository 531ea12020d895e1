"""Change requests: asked for, measured, decided by the rules, applied; and the scope that they change."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from accounts.notices.models import Notice
from infra.database import db
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Refused, RuleBroken
from phases.kickoff.changes import queries, rules, service
from phases.kickoff.changes.rules import Act, ChangeData, Drift, Level, Policy, ScopeAct, Size, State
from phases.kickoff.scope import queries as scope
from phases.kickoff.scope import service as lines
from phases.kickoff.scope.rules import LineData
from roadmap.branches import queries as branches
from roadmap.branches import service as merging
from roadmap.tasks import queries as tasks
from roadmap.tasks import service as plans
from roadmap.twins.queries import twins_of
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)


@pytest.fixture
def plan(app):
    """A roll-out with a go-live, a manager, an executive and a member, and a branch in which all takes a day longer."""
    project = factories.project("Europe launch", target_go_live=date(2026, 3, 3))
    first = factories.task(project, "Move", duration_minutes=960)
    live = factories.task(project, "Go-live", after=first, type="milestone", is_go_live=True)
    who = {role: factories.person(projects={project: role}) for role in ("manager", "executive", "member")}
    branch = merging.branch_off(project, "Slower", actor=SYSTEM, now=NOW)
    twin = twins_of(branch)[first]
    plans.change(branch, twin, {"duration_minutes": 1440}, actor=SYSTEM, now=NOW)
    return {"project": project, "first": first, "live": live, "branch": branch, "twin": twin, **who}


def asked(plan, by="member", **values):
    data = {"title": "Rehearse twice", "what": "One more rehearsal.", "why": "The first one failed."} | values
    made, _work = service.ask_for(plan["project"], ChangeData(**data), actor=plan[by], now=NOW)
    return made


def submitted(plan, by="member", **values):
    made = asked(plan, by, **values)
    service.submit(plan["project"], made, actor=plan[by], now=NOW)
    return made


def decide(plan, made, by="manager", *, approve=True, reason=""):
    return service.decide(plan["project"], made, approve=approve, reason=reason, actor=plan[by], now=NOW)


def row(plan, made):
    return queries.change(plan["project"], made)


def test_the_effect_is_measured_from_the_branch_and_frozen_until_it_is_measured_anew(plan):
    made = submitted(plan, branch_id=plan["branch"])
    effect = row(plan, made).effect
    assert (effect.days, effect.before.go_live, effect.after.go_live) == (1, date(2026, 1, 6), date(2026, 1, 7))
    assert not effect.stale(queries.prints(plan["project"], plan["branch"]))
    plans.change(plan["branch"], plan["twin"], {"duration_minutes": 480}, actor=SYSTEM, now=NOW)
    kept = row(plan, made).effect
    assert kept == effect
    assert kept.stale(queries.prints(plan["project"], plan["branch"]))
    service.measure(plan["project"], made, actor=plan["member"], now=NOW)
    assert row(plan, made).effect.days == -1


def test_applied_it_merges_its_branch_and_changes_the_scope_and_undo_takes_both_back(plan):
    old, _work = lines.add(plan["project"], LineData(True, "Fax"), actor=SYSTEM)
    acts = (ScopeAct(Act.ADD, "Two rehearsals", True), ScopeAct(Act.TAKE, "Fax", True, old))
    made = submitted(plan, branch_id=plan["branch"], scope=acts)
    decide(plan, made, "executive")
    work = service.apply(plan["project"], made, actor=plan["manager"], now=NOW)
    assert tasks.task(plan["project"], plan["first"], TODAY).duration_minutes == 1440
    found = {line.name: line for line in scope.lines(plan["project"])}
    assert (found["Two rehearsals"].change, found["Two rehearsals"].inside, found["Fax"].taken) == ("C-01", True, True)
    assert row(plan, made).state is State.APPLIED
    assert branches.branch(plan["project"], plan["branch"]).state == "merged"
    undo(work.transaction_id, actor=SYSTEM)
    assert tasks.task(plan["project"], plan["first"], TODAY).duration_minutes == 960
    assert [(line.name, line.taken) for line in scope.lines(plan["project"])] == [("Fax", False)]
    assert row(plan, made).state is State.APPROVED


def test_how_far_the_scope_moved_is_counted_from_what_was_approved(plan):
    project = plan["project"]
    assert queries.drifts([project], TODAY) == {}
    for name in ("Sales", "Service", "Fax"):
        lines.add(project, LineData(True, name), actor=SYSTEM)
    fax = next(line.id for line in scope.lines(project) if line.name == "Fax")
    acts = (ScopeAct(Act.ADD, "Chat", True), ScopeAct(Act.TAKE, "Fax", True, fax))
    made = submitted(plan, branch_id=plan["branch"], scope=acts)
    due = row(plan, made).decide_by
    assert queries.drifts([project], due) == {project: Drift(agreed=3, waiting=1)}
    assert queries.drifts([project], due + timedelta(days=1))[project].late == 1
    decide(plan, made, "executive")
    assert queries.drifts([project], TODAY) == {project: Drift(agreed=3, changed=2)}
    service.apply(project, made, actor=plan["manager"], now=NOW)
    assert queries.drifts([project], TODAY) == {project: Drift(agreed=3, changed=2)}


def test_a_branch_of_a_request_is_merged_by_applying_it_only(plan):
    made = submitted(plan, branch_id=plan["branch"])
    with pytest.raises(RuleBroken, match="C-01, which is not approved"):
        merging.merge_back(plan["project"], plan["branch"], actor=SYSTEM, now=NOW)
    decide(plan, made, "executive")
    with pytest.raises(RuleBroken, match="apply that request"):
        merging.merge_back(plan["project"], plan["branch"], actor=SYSTEM, now=NOW)


def test_what_is_unknown_or_large_is_decided_above_and_the_asker_never_decides(plan):
    made = submitted(plan)
    with pytest.raises(Refused, match="sponsor or an executive"):
        decide(plan, made, "manager")
    own = submitted(plan, "executive")
    with pytest.raises(Refused, match="asked for a change"):
        decide(plan, own, "executive")
    decide(plan, made, "executive")
    assert row(plan, made).state is State.APPROVED


LEVELS = [
    (Size(3, 500_000), Level.MANAGER),
    (Size(-5, -10), Level.MANAGER),
    (Size(4, 0), Level.ABOVE),
    (Size(0, 500_001), Level.ABOVE),
    (Size(0, 0, scope=True), Level.ABOVE),
    (Size(None, 0), Level.ABOVE),
    (Size(0, None), Level.ABOVE),
]


@pytest.mark.parametrize(("size", "level"), LEVELS)
def test_who_decides_depends_on_the_size(size, level):
    assert rules.level(size, Policy(3, 500_000)) is level


def test_only_known_moves_are_allowed():
    allowed = {(before, after) for before, afters in rules.MOVES.items() for after in afters}
    for before in State:
        for after in State:
            if (before, after) in allowed:
                rules.check_move(before, after)
            else:
                with pytest.raises(RuleBroken, match="can't become"):
                    rules.check_move(before, after)


def test_whoever_decides_is_told_and_finds_it_in_their_work(plan):
    made = submitted(plan)
    assert [each.id for each in queries.waiting_for(plan["executive"])] == [made]
    assert queries.waiting_for(plan["manager"]) == queries.waiting_for(plan["member"]) == []
    told = db.session.execute(select(Notice.kind, Notice.person_id).order_by(Notice.id)).all()
    assert [tuple(each) for each in told] == [("change_submitted", plan["executive"].id)]
    decide(plan, made, "executive", approve=False, reason="Too late for this.")
    assert queries.waiting_for(plan["executive"]) == []
    told = {tuple(each) for each in db.session.execute(select(Notice.kind, Notice.person_id))}
    assert ("change_decided", plan["member"].id) in told


BAD = [
    ({"title": " "}, "title"),
    ({"title": "x" * 201}, "title"),
    ({"what": "x" * 10_001}, "what"),
    ({"kind": "magic"}, "kind"),
    ({"urgency": "yesterday"}, "urgency"),
    ({"branch_id": 4711}, "branch_id"),
    ({"scope": (ScopeAct(Act.ADD, "x", True),) * 51}, "adds"),
]


@pytest.mark.parametrize(("values", "field"), BAD)
def test_what_makes_no_sense_is_said_of_its_field(plan, values, field):
    with pytest.raises(RuleBroken) as caught:
        asked(plan, **values)
    assert caught.value.field == field


def test_a_request_that_says_nothing_is_not_submitted_and_a_rejection_says_why(plan):
    for missing in ("what", "why"):
        with pytest.raises(RuleBroken) as caught:
            submitted(plan, **{missing: ""})
        assert caught.value.field == missing
    made = submitted(plan)
    with pytest.raises(RuleBroken, match="why it is rejected"):
        decide(plan, made, "executive", approve=False)


def test_a_branch_shows_one_request_and_must_be_open(plan):
    asked(plan, branch_id=plan["branch"])
    with pytest.raises(RuleBroken, match="C-01 already"):
        asked(plan, branch_id=plan["branch"])
    merging.throw_away(plan["project"], plan["branch"], actor=SYSTEM, now=NOW)
    with pytest.raises(RuleBroken, match="open branch"):
        asked(plan, branch_id=plan["branch"])


def test_a_request_of_another_roll_out_is_not_found(plan):
    made, other = asked(plan), factories.project("Asia")
    with pytest.raises(NotFound):
        service.submit(other, made, actor=SYSTEM, now=NOW)


HOSTILE = "=cmd|' /C calc'!A0 <b>x</b> \u202eabc"


def test_the_pages_show_a_request_through_its_life(plan, client):
    manager = factories.sign_in(client, plan["manager"])
    base = f"/projects/{plan['project']}"
    assert "Nobody has asked" in manager.get(f"{base}/change-requests").text
    sent = {"title": HOSTILE, "what": "a", "why": "b", "kind": "scope", "urgency": "low", "adds": "Chat\nBots"}
    sent["branch_id"] = str(plan["branch"])
    answer = manager.post(f"{base}/change-requests/new", data=sent)
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert "&lt;b&gt;x" in manager.get(page).text
    assert manager.post(f"{page}/submit").status_code == 303
    assert "sponsor or an executive" in manager.get(page).text
    assert manager.post(f"{page}/decide", data={"action": "approve"}).status_code == 403
    shown = manager.get(page).text
    assert "1 day later" in shown
    assert "comes into scope" in shown
    assert manager.get(f"{page}/print").status_code == 200
    assert manager.get(f"{base}/change-requests?format=csv").status_code == 200
    service.decide(plan["project"], 1, approve=True, actor=plan["executive"], now=NOW)
    assert "Apply the change" in manager.get(f"{page}/apply").text
    assert manager.post(f"{page}/apply").status_code == 303
    assert "applied" in manager.get(page).text
    assert "Bots" in manager.get(f"{base}/scope").text


BAD_FORMS = [
    ({"title": ""}, 422),
    ({"title": "x", "kind": "nothing"}, 422),
    ({"title": "x", "branch_id": "99999"}, 422),
    ({"title": "x", "branch_id": "abc"}, 422),
    ({"title": "x", "takes": "abc"}, 422),
]


@pytest.mark.parametrize(("sent", "status"), BAD_FORMS)
def test_a_bad_form_keeps_what_was_typed(plan, client, sent, status):
    page = factories.sign_in(client, plan["member"])
    answer = page.post(f"/projects/{plan['project']}/change-requests/new", data={"what": "Kept words", **sent})
    assert (answer.status_code, "Kept words" in answer.text) == (status, True)


@pytest.mark.parametrize(
    "sent",
    [
        {"days": "-1", "amount": "5"},
        {"days": "2", "amount": "x"},
        {"days": "", "amount": ""},
        {"days": "2", "amount": "1e99"},
        {"days": "2", "amount": "nan"},
    ],
)
def test_limits_that_make_no_sense_are_refused(plan, client, sent):
    page = factories.sign_in(client, plan["manager"])
    assert page.post(f"/projects/{plan['project']}/change-requests/policy", data=sent).status_code == 422
    assert queries.policy_of(plan["project"]) == Policy()
