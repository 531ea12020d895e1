"""What a change means is what the change does: counted before it is saved, compared with what is there after."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from accounts.people.service import switch_off
from accounts.teams import service as teams
from crm.access import queries as access
from crm.access import rules, service
from crm.access.queries import reach
from crm.handover import queries as handover_queries
from crm.handover import service as handover
from crm.objects.rules.catalogue import OBJECTS
from crm.records import service as records
from crm.records.models import TABLES, Lead
from crm.roles import queries
from crm.roles.queries import Moving
from crm.roles.rules import COUNTED
from infra.database import db
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import Conflict, RuleBroken
from kernel.permission import Visibility
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def ada():
    return factories.administrator()


@pytest.fixture
def people(ada):
    north, south = factories.team("North"), factories.team("South")
    inner = factories.team("North, inside", north)
    made = {
        "rep": factories.crm_role(factories.person("Rep"), "sales-representative", north),
        "mate": factories.crm_role(factories.person("Mate"), "sales-representative", south),
        "boss": factories.crm_role(factories.person("Boss"), "sales-manager", north, leads=True),
        "other": factories.crm_role(factories.person("Other"), "sales-manager", south, leads=True),
    }
    for who in ("rep", "mate", "boss"):
        for kind in ("lead", "contact", "opportunity"):
            factories.record(kind, by=made[who])
    return made, {"north": north, "south": south, "inner": inner}


def _seen() -> dict[tuple[int, str, str], set[int]]:
    """The records that each action reaches, enumerated."""
    state = access.state()
    return {
        (person_id, kind, action): set(
            db.session.scalars(
                select(TABLES[kind].id).where(
                    TABLES[kind].deleted_at.is_(None), reach(state.access(person_id), action, subject, TABLES[kind])
                )
            )
        )
        for person_id in state.holders
        for kind, subject in OBJECTS.items()
        for action in COUNTED
    }


def _told(effect: queries.Effect) -> dict[tuple[int, str, str], tuple[int, int]]:
    return {
        (each.holder.id, count.object, count.action): (count.gained, count.lost)
        for each in effect.people
        for count in each.records
    }


def _happened(before, after) -> dict[tuple[int, str, str], tuple[int, int]]:
    found = {key: (len(after[key] - before[key]), len(before[key] - after[key])) for key in before}
    return {key: pair for key, pair in found.items() if pair != (0, 0)}


@pytest.mark.parametrize("role", ["sales-manager", "marketing-specialist", "executive", "service-agent"])
def test_the_effect_of_other_roles_is_what_happens(people, ada, role):
    rep = people[0]["rep"]
    state, before = access.state(), _seen()
    later = queries.with_person(state, rep.id, [role], state.holders[rep.id].team_id, leads=False)
    told = _told(queries.effect(state, later))
    service.set_roles(rep.id, [role], actor=ada)
    assert told == _happened(before, _seen())
    assert told


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize("where", ["south", "inner", None])
def test_the_effect_of_another_team_is_what_happens_to_everybody(people, follow, where):
    made, places = people
    rep, team_id = made["rep"], places.get(where)
    lost = factories.record("lead", by=rep)
    records.change("lead", lost, {"status": "disqualified"}, actor=rep, now=NOW)
    state, before = access.state(), _seen()
    later = queries.with_person(state, rep.id, state.holders[rep.id].roles, team_id, leads=False)
    told = _told(queries.effect(state, later, Moving(rep.id, team_id) if follow else None))
    handover.move(rep.id, team_id, leads=False, follow=follow, actor=SYSTEM, now=NOW)
    assert told == _happened(before, _seen())
    assert told
    assert db.session.get(Lead, lost).team_id == places["north"], "what is closed stays where it was"


def test_what_a_person_gains_is_seen_beside_their_other_roles(people, ada):
    """A role that gives nothing new to somebody changes nothing for them."""
    boss = people[0]["boss"]
    service.give_role(boss.id, "executive", actor=ada)
    state = access.state()
    without = {**state.roles, "executive": rules.RoleData("executive", "Executive", "", ())}
    found = queries.effect(state, rules.State(without, state.holders, state.parents, state.modules))
    assert [each.holder.id for each in found.people] == [boss.id]
    changed = {(each.object, each.action): each.after for each in found.people[0].difference.reaches}
    assert changed[("lead", "see")] is Visibility.TEAM_AND_BELOW
    assert ("campaign", "see") not in changed
    assert found.untouched == 4


def test_the_effect_on_many_people_costs_a_few_statements(people, ada, asked):
    for _each in range(30):
        factories.crm_role(factories.person(), "executive")
    state = access.state()
    later = rules.State(
        {**state.roles, "executive": rules.RoleData("executive", "Executive", "", ())},
        state.holders,
        state.parents,
        state.modules,
    )
    with asked() as seen:
        found = queries.effect(state, later)
    assert len(found.people) == 30
    assert len(seen) <= len(OBJECTS) * 4


def test_whoever_owns_open_records_is_asked_to_hand_them_over_first(people, ada):
    made, places = people
    rep, mate = made["rep"], made["mate"]
    with pytest.raises(Conflict, match="Rep owns 1 lead, 1 contact, 1 opportunity that are open"):
        switch_off(rep.id, actor=ada)
    moved, work = handover.hand_over(rep.id, mate.id, handover_queries.OWNED, closed=False, actor=ada, now=NOW)
    assert moved == 3
    assert db.session.scalar(select(func.count()).where(Lead.owner_id == mate.id)) == 2
    assert set(db.session.scalars(select(Lead.team_id).where(Lead.owner_id == mate.id))) == {places["south"]}
    undo(work.transaction_id, actor=ada)
    assert handover_queries.counts(rep.id) == {"lead": 1, "contact": 1, "opportunity": 1}
    handover.hand_over(rep.id, mate.id, handover_queries.OWNED, closed=True, actor=ada, now=NOW)
    switch_off(rep.id, actor=ada)


def test_records_are_handed_to_somebody_else_who_signs_in(people, ada):
    rep = people[0]["rep"]
    gone = factories.person("Gone")
    switch_off(gone.id, actor=ada)
    for to, kinds, said in (
        (rep.id, ["lead"], "somebody else"),
        (gone.id, ["lead"], "sign in"),
        (ada.id, [], "one kind"),
    ):
        with pytest.raises(RuleBroken, match=said):
            handover.hand_over(rep.id, to, kinds, closed=False, actor=ada, now=NOW)


def test_hundreds_of_records_are_handed_over_without_a_query_a_row(people, ada, asked):
    made, _places = people
    with asked() as few:
        handover.hand_over(made["mate"].id, made["rep"].id, ["lead"], closed=False, actor=ada, now=NOW)
    for _each in range(40):
        factories.record("lead", by=made["rep"])
    with asked() as many:
        handover.hand_over(made["rep"].id, made["mate"].id, ["lead"], closed=False, actor=ada, now=NOW)
    reading = [each for each in many if each.startswith("SELECT")]
    assert len(reading) <= len([each for each in few if each.startswith("SELECT")]) + 3


def test_an_empty_team_can_go_and_one_with_people_can_not(people):
    made, places = people
    for who in ("rep", "boss"):
        teams.put(made[who].id, None, actor=SYSTEM)
    with pytest.raises(RuleBroken, match="below this one"):
        teams.remove_team(places["north"], actor=SYSTEM)
    with pytest.raises(RuleBroken, match="people in this team"):
        teams.remove_team(places["south"], actor=SYSTEM)
    teams.remove_team(places["inner"], actor=SYSTEM)


def test_whom_it_changes_alike_stands_together_with_what_each_of_them_loses(people):
    made, _teams = people
    fourth = factories.crm_role(factories.person("Fourth"), "sales-representative", factories.team("West"))
    before = access.state()
    own = before.roles["sales-representative"]
    grants = tuple(each for each in own.grants if each.object != "lead")
    changed = queries.effect(before, replace(before, roles={**before.roles, own.key: replace(own, grants=grants)}))
    (group,) = changed.alike()
    line = next(each for each in group.lines() if each.object == "lead" and "see" in each.actions)
    assert line.counts is not None
    lost = {each.holder.name: count[1] for each, count in zip(group.people, line.counts, strict=True)}
    assert set(lost) == {fourth.name, made["mate"].name, made["rep"].name}
    assert lost[fourth.name] == 0
    assert lost[made["rep"].name] > 0
    assert not line.told_once
