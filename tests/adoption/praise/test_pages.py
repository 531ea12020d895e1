"""Points from records, what gives none, the way out, rewards with their log and undo, and who may what."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from accounts.notices.models import Notice
from adoption.crew import queries as crews
from adoption.praise import charts, queries, service
from adoption.praise.models import RecognitionReward
from adoption.praise.rules import RULES, Deed
from crm.counts.rules.windows import Window
from crm.merging import service as merging
from crm.objects.rules import choices
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as crm
from crm.records import service as records
from infra.database import db
from kernel.actor import SYSTEM
from roadmap.audience import service as audience
from tests import factories
from tests.fixtures.app import NOW

MOST_STATEMENTS = 29
"""Nine of them count deeds; the rest asks for the frame of a page with its branches, the crew with its teams, and
fields of one's own."""
WEEK = Window(NOW.date() - timedelta(days=13), NOW.date(), NOW, UTC)
HOSTILE = '<script>alert(1)</script> =cmd|"/c calc" \u202eاختبار {{ 7 * 7 }}'


@pytest.fixture
def project(app):
    made = factories.project()
    audience.launch(made, NOW.date() - timedelta(days=50), actor=SYSTEM)
    service.choose(made, active=True, named=True, actor=SYSTEM)
    return made


@pytest.fixture
def crew(project):
    """Six of a team, and one of another; each has logged as many calls in time as their number says."""
    big, small = factories.team("Big"), factories.team("Small")
    names = ["Ada", "Bo", "Cy", "Di", "Ed", "Flo"]
    people = [factories.crm_role(factories.person(name), "sales-representative", big) for name in names]
    people.append(factories.crm_role(factories.person("Zoe"), "sales-representative", small))
    for number, who in enumerate(people, 1):
        for _ in range(number):
            log(who)
    return people


@pytest.fixture
def browser(app, project):
    return factories.sign_in(app.test_client(), factories.person("Maren", projects={project: "manager"}))


def log(who, *, late=False, **values):
    at = NOW - timedelta(days=2)
    filled = {"kind": "call", "state": "done", "occurred_at": at - timedelta(days=2 if late else 0), **values}
    return factories.record("activity", by=who, at=at + timedelta(minutes=5), **filled)


def done(project, deed, *people):
    found = queries.deeds(crews.crew(project), frozenset(each.id for each in people), WEEK)
    return sum(each.count for each in found if each.deed is deed)


def view(project, who=None):
    return queries.view(project, who.id if who else None, NOW, UTC)


def address(project):
    return f"/projects/{project}/adoption/recognition"


def test_points_are_counted_from_the_records_and_counting_again_gives_the_same(project, crew):
    first, again = view(project, crew[0]), view(project, crew[0])
    assert first == again
    assert first.mine.points == RULES[Deed.LOGGED].points
    assert [(each.name, each.place.points) for each in first.week] == [("Zoe", 14), ("Flo", 12), ("Ed", 10)]
    assert [(each.name, each.place.points) for each in first.teams] == [("Big", 7.0)]


def test_what_was_made_and_deleted_or_logged_late_gives_nothing(project, crew):
    ada = crew[0]
    extra = log(ada)
    assert done(project, Deed.LOGGED, ada) == 2
    records.remove("activity", [extra], actor=SYSTEM, now=NOW)
    log(ada, late=True)
    assert done(project, Deed.LOGGED, ada) == 1


def test_a_record_counts_once_it_is_whole_and_never_twice(project, crew):
    ada = crew[0]
    made = {"kind": "customer", "industry": next(iter(choices.INDUSTRIES))[0], "country": "DE", "city": "Bonn"}
    number = factories.record("account", by=ada, at=NOW - timedelta(hours=1), name="Werke Bonn", **made)
    assert done(project, Deed.COMPLETED, ada) == 0
    lacking = {each.key: "+4922812345" for each in OBJECTS["account"].fields if each.key == "phone"}
    for _ in range(3):
        records.change("account", number, lacking, actor=SYSTEM, now=NOW)
        assert done(project, Deed.COMPLETED, ada) == 1
    records.remove("account", [number], actor=SYSTEM, now=NOW)
    assert done(project, Deed.COMPLETED, ada) == 0


def test_the_same_deal_moved_there_and_back_counts_once_and_only_with_a_next_step(project, crew):
    ada, places = crew[0], crm.stages()
    account = factories.record("account", by=ada)
    deal = factories.record(
        "opportunity", by=ada, account_id=account, stage_id=places[0].id, at=NOW - timedelta(days=1)
    )

    def move(place):
        records.change("opportunity", deal, {"stage_id": place.id}, actor=ada, now=NOW - timedelta(hours=2))

    move(places[1])
    assert done(project, Deed.MOVED, ada) == 0
    step = {"next_step": "Call", "next_step_on": NOW.date()}
    records.change("opportunity", deal, step, actor=ada, now=NOW - timedelta(hours=2))
    assert done(project, Deed.MOVED, ada) == 1
    for place in (places[0], places[1], places[0], places[1]):
        move(place)
    assert done(project, Deed.MOVED, ada) == 1
    records.remove("opportunity", [deal], actor=SYSTEM, now=NOW)
    assert done(project, Deed.MOVED, ada) == 0


def test_merging_what_one_made_oneself_gives_nothing(project, crew):
    boss = factories.crm_role(factories.administrator("Boss"), "sales-manager")
    for by in (boss, crew[1]):
        first, second = (factories.record("contact", by=by, at=NOW - timedelta(hours=3)) for _ in range(2))
        merging.merge("contact", first, [second], {}, actor=boss, now=NOW)
        assert done(project, Deed.MERGED, boss) == (by is not boss)


def test_who_leaves_is_gone_at_once_from_boards_teams_and_the_log(browser, project, crew):
    flo = crew[5]
    service.give(project, service.Gift("A book", "For helping", person_id=flo.id), actor=SYSTEM, now=NOW)
    assert "Flo" in browser.get(address(project)).text
    service.leave(actor=flo, now=NOW)
    page = browser.get(address(project)).text
    assert "Flo" not in page
    assert "not shown by name" in page
    assert view(project, flo).mine.points == 0
    assert view(project).teams[0].place.points == 6.0
    service.join(actor=flo)
    assert "Flo" in browser.get(address(project)).text


def test_a_team_that_falls_below_five_leaves_the_board(project, crew):
    service.leave(actor=crew[0], now=NOW)
    assert view(project).teams
    service.leave(actor=crew[1], now=NOW)
    assert view(project).teams == ()


def test_one_leaves_by_ones_own_switch(app, project, crew):
    client = factories.sign_in(app.test_client(), factories.person("Me", projects={project: "member"}))
    assert client.post(f"{address(project)}/part", data={"out": "1"}).status_code == 303
    assert "You take no part" in client.get(address(project)).text
    client.post(f"{address(project)}/part", data={"out": "0"})
    assert "Take no part" in client.get(address(project)).text


def test_names_are_shown_only_where_both_the_roll_out_and_the_organisation_allow(project, crew, monkeypatch):
    service.choose(project, active=True, named=False, actor=SYSTEM)
    assert (view(project).week, view(project).people) == ((), ())
    service.choose(project, active=True, named=True, actor=SYSTEM)
    assert view(project).week
    monkeypatch.setattr(queries.policy, "visible", lambda: queries.Visible.GROUPS)
    assert (view(project).week, view(project).people) == ((), ())
    assert view(project, crew[0]).mine.points


def test_switched_off_nothing_is_counted_or_given(app, browser, project, crew):
    browser.post(address(project), data={})
    page = browser.get(address(project)).text
    assert "Recognition is off in this roll-out." in page
    assert view(project, crew[5]).mine.points == 0
    with app.test_request_context():
        assert charts.panel(project, view(project)) == ""
    sent = {"whom": f"person:{crew[0].id}", "what": "Cake", "why": "Because"}
    assert "switch it on first" in browser.post(f"{address(project)}/rewards", data=sent).text
    browser.post(address(project), data={"active": "1", "named": "1"})
    assert "Champions of the week" in browser.get(address(project)).text


def test_a_reward_stands_in_the_log_and_can_be_taken_back_twice_over(browser, project, crew):
    sent = {"whom": f"person:{crew[0].id}", "what": HOSTILE, "why": HOSTILE}
    shown = browser.post(f"{address(project)}/rewards", data=sent, follow_redirects=True).text
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown
    browser.post("/undo/" + shown.split('action="/undo/', 1)[1].split('"', 1)[0])
    assert db.session.scalars(select(RecognitionReward)).all() == []
    browser.post(f"{address(project)}/rewards", data={**sent, "whom": f"team:{crews.crew(project).members[0].team_id}"})
    [row] = db.session.scalars(select(RecognitionReward)).all()
    assert browser.post(f"{address(project)}/rewards/{row.id}/withdraw").status_code == 303
    assert browser.post(f"{address(project)}/rewards/{row.id}/withdraw").status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"whom": ""}, "Choose somebody, or a team"),
        ({"whom": "person:99999"}, "Choose somebody, or a team"),
        ({"whom": "person:x"}, "Choose somebody, or a team"),
        ({"whom": "team:" + "9" * 40}, "Choose somebody, or a team"),
        ({"what": ""}, "Say what is given."),
        ({"why": " "}, "Say why."),
        ({"what": "x" * 300}, "At most 200 characters fit"),
    ],
)
def test_bad_input_is_said_in_words_and_keeps_what_was_typed(browser, project, crew, changed, said):
    sent = {"whom": f"person:{crew[0].id}", "what": "A lovely cake", "why": "Because of Tuesday", **changed}
    answer = browser.post(f"{address(project)}/rewards", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert sent["why"].strip() in answer.text
    assert db.session.scalars(select(RecognitionReward)).all() == []


def test_somebody_who_left_cannot_be_given_anything(browser, project, crew):
    service.leave(actor=crew[0], now=NOW)
    sent = {"whom": f"person:{crew[0].id}", "what": "Cake", "why": "Because"}
    assert browser.post(f"{address(project)}/rewards", data=sent).status_code == 422


def test_who_gets_a_reward_is_told_once(project, crew):
    maren = factories.person("Maren", projects={project: "manager"})
    team = next(each.team_id for each in crews.crew(project).members if each.id == crew[0].id)
    alone = service.Gift("Thank you", "for the calls", person_id=crew[6].id)
    together = service.Gift("Cake", "for all of you", team_id=team)
    for gift in (alone, together):
        service.give(project, gift, actor=maren, now=NOW)
    told = db.session.scalars(select(Notice).where(Notice.kind == "rewarded")).all()
    assert [each.person_id for each in told if each.label == "Thank you"] == [crew[6].id]
    assert {each.person_id for each in told if each.label == "Cake"} == {each.id for each in crew[:6]}
    assert told[0].params["text"] == "for the calls"


def test_nobody_rewards_themself(project):
    me = factories.crm_role(factories.person("Me", projects={project: "manager"}), "sales-manager")
    with pytest.raises(Exception, match="given to others"):
        service.give(project, service.Gift("Cake", "Me", person_id=me.id), actor=me, now=NOW)


def test_the_card_names_the_champions(app, project, crew):
    with app.test_request_context():
        shown = charts.panel(project, view(project))
    assert "Champions of the week" in shown
    assert "Zoe" in shown


@pytest.mark.parametrize("more", [0, 30])
def test_statements_do_not_grow_with_people_and_records(browser, project, crew, asked, more):
    for number in range(more):
        log(crew[number % len(crew)])
    browser.get(address(project))
    with asked() as statements:
        browser.get(address(project))
    assert len(statements) <= MOST_STATEMENTS, len(statements)
