"""Roles given and altered: what invariants refuse, that somebody is left who gives out roles, and what it costs."""

import pytest

from crm.access import queries, rules, service
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.permission import Grant, Visibility
from tests import factories

pytestmark = pytest.mark.usefixtures("app")
REP = "sales-representative"


@pytest.fixture
def ada():
    return factories.administrator()


def _with(key: str, *more: Grant) -> list[Grant]:
    return [*queries.roles()[key].grants, *more]


def _mark(key: str) -> str:
    return rules.mark_of(queries.roles()[key])


def _shipped(key: str) -> rules.RoleData:
    return next(each for each in rules.SHIPPED if each.key == key)


def test_a_role_that_would_break_an_invariant_is_refused_with_its_sentence(ada):
    export = Grant(REP, "contact", "export", Visibility.OWN)
    with pytest.raises(RuleBroken, match=r"No sales representative exports contacts\. Sales representative would"):
        service.alter_role(REP, _with(REP, export), base=_mark(REP), actor=ada)
    assert queries.roles()[REP] == _shipped(REP)


def test_the_sum_of_roles_is_held_against_invariants_too(ada):
    lena = factories.crm_role(factories.person("Lena Sommer"), REP)
    with pytest.raises(RuleBroken, match="Lena Sommer would be able to, as Marketing specialist"):
        service.give_role(lena.id, "marketing-specialist", actor=ada)
    assert queries.held(lena.id) == (REP,)


def test_nobody_locks_the_last_administrator_out():
    only = factories.crm_role(factories.person("Only"), rules.ADMINISTRATOR)
    with pytest.raises(RuleBroken, match="has to be able to give out"):
        service.take_role(only.id, rules.ADMINISTRATOR, actor=only)
    without = [each for each in queries.roles()[rules.ADMINISTRATOR].grants if each.action != "access"]
    with pytest.raises(RuleBroken, match="has to be able to give out"):
        service.alter_role(rules.ADMINISTRATOR, without, base=_mark(rules.ADMINISTRATOR), actor=only)


def test_an_altered_role_can_be_as_shipped_again(ada):
    grants = [each for each in queries.roles()["executive"].grants if each.object != "lead"]
    eva = factories.crm_role(factories.person(), "executive")
    work = service.alter_role("executive", grants, base=_mark("executive"), actor=ada)
    assert rules.widest(queries.access_of(eva), "see", rules.OBJECTS["lead"]) is None
    undo(work.transaction_id, actor=ada)
    assert _mark("executive") == rules.mark_of(_shipped("executive"))
    service.alter_role("executive", grants, base=_mark("executive"), actor=ada)
    service.reset_role("executive", actor=ada)
    assert queries.roles()["executive"] == _shipped("executive")


def test_an_undo_breaks_no_invariant(ada):
    lena = factories.crm_role(factories.person("Lena"), "marketing-specialist")
    taken = service.take_role(lena.id, "marketing-specialist", actor=ada)
    service.give_role(lena.id, REP, actor=ada)
    with pytest.raises(RuleBroken, match="No sales representative exports leads"):
        undo(taken.transaction_id, actor=ada)
    assert queries.held(lena.id) == (REP,)


def test_two_who_change_one_role_are_told(ada):
    base = _mark(REP)
    service.alter_role(REP, _with(REP, Grant(REP, "function", "merge")), base=base, actor=ada)
    with pytest.raises(Conflict, match="meanwhile"):
        service.alter_role(REP, _with(REP, Grant(REP, "function", "usage")), base=base, actor=ada)


def test_roles_of_ones_own(ada):
    key, _work = service.add_role("  Inside  sales ", "", REP, actor=ada)
    assert queries.roles()[key].name == "Inside sales"
    assert len(queries.roles()[key].grants) == len(queries.roles()[REP].grants)
    with pytest.raises(RuleBroken, match="already"):
        service.add_role("inside SALES", "", None, actor=ada)
    eva = factories.crm_role(factories.person("Eva"), key)
    with pytest.raises(RuleBroken, match="Somebody holds"):
        service.remove_role(key, actor=ada)
    service.set_roles(eva.id, [], actor=ada)
    service.rename_role(key, "Desk sales", "By phone", actor=ada)
    assert queries.roles()[key].name == "Desk sales"
    service.remove_role(key, actor=ada)
    assert key not in queries.roles()


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_role_has_a_name_that_fits(ada, name):
    with pytest.raises(RuleBroken):
        service.add_role(name, "", None, actor=ada)


@pytest.mark.parametrize("act", [service.remove_role, service.reset_role])
def test_an_unknown_role_is_not_found(ada, act):
    with pytest.raises(NotFound):
        act("no-such-role", actor=ada)


def test_a_shipped_role_is_neither_renamed_nor_removed(ada):
    with pytest.raises(RuleBroken, match="ships"):
        service.rename_role(REP, "Seller", "", actor=ada)
    with pytest.raises(RuleBroken, match="ships"):
        service.remove_role(REP, actor=ada)


def test_the_access_of_a_person_costs_two_statements(asked):
    north = factories.team("North")
    boss = factories.crm_role(factories.person(), "sales-manager", north)
    service.alter_role("sales-manager", _with("sales-manager"), base=_mark("sales-manager"), actor=SYSTEM)
    with asked() as seen:
        access = queries.access_of(boss)
    assert len(seen) <= 2
    assert access == queries.state().access(boss.id)
