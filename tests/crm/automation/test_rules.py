"""Rules as data: what makes no sense is refused with the two that shut each other out, and nothing else is."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.automation.rules import parts, reading, sense, texts
from crm.automation.rules.conditions import all_hold, holds
from crm.automation.rules.parts import COMPLETE, Action, Condition, Definition, Do, Op, Trigger, When
from crm.automation.rules.shipped import SHIPPED
from crm.objects.rules.catalogue import LEAD, OBJECTS, OPPORTUNITY
from kernel.errors import NotFound, RuleBroken

TODAY = date(2026, 2, 18)
LEADS = {"region": "dach", "rating": "hot", "value": Decimal(500), "next_step_on": date(2026, 2, 20), "email": ""}


def lead(*conditions, match="all", trigger=None):
    return Definition(
        "R", "lead", trigger or Trigger(When.CREATED), conditions, (Action(Do.FLAG, {"tag": "x"}),), match
    )


@pytest.mark.parametrize(
    ("key", "op", "values", "expected"),
    [
        ("region", Op.IS, ("nordics", "dach"), True),
        ("region", Op.IS_NOT, ("dach",), False),
        ("region", Op.EMPTY, (), False),
        ("email", Op.EMPTY, (), True),
        ("email", Op.IS, ("x",), False),
        ("email", Op.CONTAINS, ("x",), False),
        ("value", Op.ABOVE, ("499.99",), True),
        ("value", Op.BELOW, ("500",), False),
        ("value", Op.IS, ("500.00",), True),
        ("next_step_on", Op.WITHIN, ("2",), True),
        ("next_step_on", Op.WITHIN, ("1",), False),
        ("next_step_on", Op.OLDER, ("0",), False),
        ("next_step_on", Op.AFTER, ("2026-02-19",), True),
        ("next_step_on", Op.BEFORE, ("2026-02-20",), False),
    ],
)
def test_a_condition_holds_or_not(key, op, values, expected):
    assert holds(Condition(key, op, values), LEAD.field(key), LEADS[key], TODAY, UTC) is expected


def test_a_moment_counts_in_days_of_the_zone():
    late = datetime(2026, 2, 17, 23, 30, tzinfo=UTC)
    assert holds(Condition("created_at", Op.OLDER, ("1",)), LEAD.field("created_at"), late, TODAY, UTC)


@pytest.mark.parametrize(
    "conditions",
    [
        (Condition("region", Op.IS, ("dach",)), Condition("region", Op.IS, ("nordics", "west"))),
        (Condition("region", Op.IS, ("dach",)), Condition("region", Op.IS_NOT, ("dach", "west"))),
        (Condition("region", Op.EMPTY), Condition("region", Op.FILLED)),
        (Condition("email", Op.EMPTY), Condition("email", Op.CONTAINS, ("@",))),
        (Condition("value", Op.ABOVE, ("10",)), Condition("value", Op.BELOW, ("10",))),
        (Condition("value", Op.IS, ("5",)), Condition("value", Op.ABOVE, ("5",))),
        (Condition("next_step_on", Op.AFTER, ("2026-03-01",)), Condition("next_step_on", Op.BEFORE, ("2026-03-02",))),
        (Condition("next_step_on", Op.OLDER, ("1",)), Condition("next_step_on", Op.WITHIN, ("9",))),
        (Condition("company", Op.IS, ("Kestrel",)), Condition("company", Op.CONTAINS, ("norvane",))),
        (Condition(COMPLETE.key, Op.IS, ("yes",)), Condition(COMPLETE.key, Op.IS, ("no",))),
        (
            Condition("rating", Op.IS_NOT, ("hot", "warm", "cold")),
            Condition("rating", Op.FILLED),
        ),
        (Condition("status", Op.EMPTY),),
    ],
)
def test_a_rule_that_can_never_hold_is_refused(conditions):
    with pytest.raises(RuleBroken):
        sense.check_conditions(lead(*conditions))


def test_the_sentence_names_the_two_that_shut_each_other_out():
    never = lead(Condition("rating", Op.IS, ("hot",)), Condition("rating", Op.IS, ("cold",)))
    with pytest.raises(RuleBroken, match="“Rating is Hot” and “Rating is Cold” shut each other out"):
        sense.check_conditions(never)


def test_what_sets_it_off_counts_as_a_condition():
    entered = Trigger(When.ENTERED, "status", becomes="sql")
    for match in ("all", "any"):
        with pytest.raises(RuleBroken, match="No record can ever fit"):
            sense.check_conditions(lead(Condition("status", Op.IS, ("new",)), trigger=entered, match=match))
    sense.check_conditions(lead(Condition("status", Op.IS, ("sql", "new")), trigger=entered))


def test_any_of_two_may_differ():
    sense.check_conditions(
        lead(Condition("rating", Op.IS, ("hot",)), Condition("rating", Op.IS, ("cold",)), match="any")
    )


_CONDITIONS = st.one_of(
    st.builds(
        Condition,
        st.just("region"),
        st.sampled_from([Op.IS, Op.IS_NOT]),
        st.lists(st.sampled_from(["dach", "nordics", "west"]), min_size=1, unique=True).map(tuple),
    ),
    st.builds(Condition, st.just("region"), st.sampled_from([Op.FILLED, Op.EMPTY])),
    st.builds(
        Condition, st.just("value"), st.sampled_from([Op.ABOVE, Op.BELOW]), st.sampled_from([("1",), ("5",), ("9",)])
    ),
)


@given(
    st.lists(_CONDITIONS, max_size=3),
    st.sampled_from(["", "dach", "nordics", "west", "asia"]),
    st.sampled_from([None, Decimal(0), Decimal(3), Decimal(7), Decimal(20)]),
)
def test_what_some_record_fulfils_is_never_refused(conditions, region, value):
    rule, record = lead(*conditions), {"region": region, "value": value}
    if all_hold(rule, record.__getitem__, TODAY, UTC):
        sense.check_conditions(rule)


@pytest.mark.parametrize(
    "trigger",
    [
        Trigger(When.ENTERED),
        Trigger(When.SINCE, "created_at", amount=0),
        Trigger(When.SINCE, "created_at", amount=10_000),
        Trigger(When.REACHED),
        Trigger(When.CHANGED, "rating", was="hot", becomes="hot"),
    ],
)
def test_a_trigger_that_could_never_go_off_is_refused(trigger):
    with pytest.raises(RuleBroken):
        sense.check_trigger(LEAD, trigger)


def test_sensitive_fields_are_no_part_of_any_rule():
    with pytest.raises(NotFound):
        parts.field_of(OBJECTS["contact"], "birth_date")
    assert "private_phone" not in texts.known(OBJECTS["contact"])
    with pytest.raises(RuleBroken, match=r"nothing called \{private_phone\}"):
        sense.check_texts(OBJECTS["contact"], "Call {private_phone}")


def test_a_rule_without_action_is_not_ready():
    with pytest.raises(RuleBroken, match="does nothing yet"):
        sense.check_ready(Definition("R", "lead", Trigger(When.CREATED)))


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.key)
def test_what_ships_makes_sense(rule):
    sense.check_ready(rule)
    for each in rule.actions:
        sense.check_texts(rule.subject, *(str(each.how[part]) for part in ("name", "text", "body") if part in each.how))


def test_what_lies_in_the_database_comes_back():
    for rule in SHIPPED:
        assert parts.trigger_of(rule.trigger.kept()) == rule.trigger
        assert parts.conditions_of([each.kept() for each in rule.conditions]) == rule.conditions
        assert parts.actions_of([each.kept() for each in rule.actions]) == rule.actions


@pytest.mark.parametrize(
    ("key", "op", "typed", "expected"),
    [
        ("value", "above", "1.234,56", ("1234.56",)),
        ("country", "is", "Germany", ("DE",)),
        ("next_step_on", "older", "14", ("14",)),
        ("next_step_on", "before", "2026-03-03", ("2026-03-03",)),
        ("company", "contains", "  Kestrel  AG ", ("Kestrel AG",)),
    ],
)
def test_what_is_typed_is_read_once(key, op, typed, expected):
    assert reading.read_condition(LEAD.field(key), op, [], typed, []).values == expected


@pytest.mark.parametrize(
    ("key", "op", "typed"),
    [
        ("value", "above", "a lot"),
        ("value", "contains", "1"),
        ("next_step_on", "older", "-3"),
        ("next_step_on", "older", "9" * 30),
        ("next_step_on", "before", "03/04/2026"),
        ("company", "is", ""),
        ("company", "is", "x" * 10_000),
        ("company", "<script>", "x"),
    ],
)
def test_what_can_not_be_compared_is_refused(key, op, typed):
    with pytest.raises(RuleBroken):
        reading.read_condition(LEAD.field(key), op, [], typed, [])


def test_an_open_deal_fits_any_rule_without_conditions():
    record = SimpleNamespace(name="x")
    assert all_hold(
        Definition("R", OPPORTUNITY.key, Trigger(When.CREATED)), lambda key: getattr(record, key), TODAY, UTC
    )
