"""The matrix says what the grants say, and what a change means follows from the one answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.access import rules as access
from crm.access.rules import Access, RoleData
from crm.objects.rules.catalogue import OBJECTS
from crm.roles import rules
from crm.roles.rules import Level, Matrix, Row
from kernel.errors import RuleBroken
from kernel.permission import Facts, Grant, Visibility, decide

LEAD = OBJECTS["lead"]
KEYS = [each.key for each in LEAD.fields]
fieldsets = st.none() | st.frozensets(st.sampled_from(KEYS[:6]))
grants = st.lists(
    st.builds(
        Grant,
        st.sampled_from(["a", "b", "c"]),
        st.just("lead"),
        st.sampled_from(["see", "edit"]),
        st.sampled_from(Visibility),
        fieldsets,
    ),
    max_size=6,
).map(tuple)
facts = st.builds(Facts, st.frozensets(st.integers(1, 3)), st.booleans(), st.booleans())


@pytest.mark.parametrize("role", access.SHIPPED, ids=lambda role: role.key)
def test_a_shipped_role_goes_through_the_matrix_unchanged(role):
    again = rules.grants_of(role.key, rules.matrix_of(role))
    assert access.mark_of(RoleData(role.key, role.name, "", again)) == access.mark_of(role)


@given(grants, facts, st.sampled_from(KEYS[:6]), st.sampled_from(["see", "edit"]))
def test_the_widest_grant_wins_and_grants_never_add_up(held, record, field, action):
    """Yes exactly where one single grant alone says yes."""
    person = Access(1, held)
    alone = [access.may(Access(1, (each,)), action, LEAD, record, field) for each in held]
    assert access.may(person, action, LEAD, record, field) == any(alone)


@given(facts, st.sampled_from(KEYS))
def test_nothing_is_allowed_by_default(record, field):
    assert not access.may(Access(1), "see", LEAD, record, field)
    assert not decide((), "lead.see", None, 1)


@given(grants, grants, facts, st.sampled_from(["see", "edit"]))
def test_another_role_never_takes_anything_away(held, more, record, action):
    if access.may(Access(1, held), action, LEAD, record):
        assert access.may(Access(1, held + more), action, LEAD, record)


@given(grants)
def test_who_gains_from_a_change_loses_by_its_opposite(held):
    forth, back = rules.compare(Access(1), Access(1, held)), rules.compare(Access(1, held), Access(1))
    assert [(each.before, each.after) for each in forth.reaches] == [(each.after, each.before) for each in back.reaches]
    assert all(each.widens for each in forth.reaches)
    assert not rules.compare(Access(1, held), Access(1, held))


@given(grants, grants)
def test_a_change_names_every_field_whose_reach_changes(before, after):
    """Object and field together account for each difference of the one answer."""
    had, has = Access(1, before), Access(1, after)
    found = rules.compare(had, has)
    named = {(each.action, each.field) for each in found.fields}
    whole = {each.action: (each.before, each.after) for each in found.reaches}
    for action in ("see", "edit"):
        for key in KEYS:
            pair = access.widest(had, action, LEAD, key), access.widest(has, action, LEAD, key)
            if pair[0] != pair[1]:
                assert (action, key) in named or whole[action] == pair


def _matrix(**reach: Visibility) -> Matrix:
    full = {action: reach.get(action) for action in access.ACTIONS}
    rows = {key: Row(dict.fromkeys(access.ACTIONS), _levels(key)) for key in OBJECTS}
    return Matrix({**rows, "lead": Row(full, _levels("lead"))}, frozenset({"merge"}))


def _levels(key: str) -> dict[str, Level]:
    return {each.key: Level.WRITE if each.written else Level.READ for each in OBJECTS[key].fields}


def test_nobody_edits_further_than_they_see():
    with pytest.raises(RuleBroken, match="further than") as broken:
        rules.grants_of("x", _matrix(see=Visibility.OWN, edit=Visibility.ALL))
    assert broken.value.field == "lead.edit"


def test_whoever_creates_must_see_and_write_what_is_needed():
    with pytest.raises(RuleBroken, match="at least their own"):
        rules.grants_of("x", _matrix(create=Visibility.ALL))
    matrix = _matrix(see=Visibility.OWN, create=Visibility.ALL)
    row = matrix.rows["lead"]
    hidden = Row(row.reach, {**row.levels, "last_name": Level.READ})
    with pytest.raises(RuleBroken, match="“Last name” is needed"):
        rules.grants_of("x", Matrix({**matrix.rows, "lead": hidden}, frozenset()))


def test_a_field_that_is_read_only_is_seen_and_exported_but_not_edited():
    matrix = _matrix(see=Visibility.ALL, edit=Visibility.OWN, export=Visibility.ALL)
    row = matrix.rows["lead"]
    read = Row(row.reach, {**row.levels, "value": Level.READ, "email": Level.HIDE})
    person = Access(1, rules.grants_of("x", Matrix({**matrix.rows, "lead": read}, frozenset())))
    assert access.widest(person, "see", LEAD, "value") is Visibility.ALL
    assert access.widest(person, "edit", LEAD, "value") is None
    assert access.widest(person, "export", LEAD, "email") is None
    assert person.functions() == frozenset()
