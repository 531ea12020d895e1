"""What holds of any acts: previews tell the truth, undo brings all back, acts on different rows commute."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import Problem
from roadmap.editing import charts, queries, service
from roadmap.editing.rules.acts import read_acts
from tests import factories
from tests.fixtures.app import NOW

SAME_APP = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
"""Every example begins where the one before was taken back."""
NAMES = st.sampled_from(["Sort", "Map", "Load"])
ROWS = st.integers(0, 5)
DAYS = st.integers(-4, 6)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 2, 15)).map(lambda at: at.isoformat(timespec="minutes"))
ACTS = st.one_of(
    st.fixed_dictionaries({"act": st.just("move"), "ids": st.lists(ROWS, min_size=1, max_size=3), "start": MOMENTS}),
    st.fixed_dictionaries({"act": st.just("move"), "ids": st.lists(ROWS, min_size=1, max_size=3), "days": DAYS}),
    st.fixed_dictionaries({"act": st.just("stretch"), "id": ROWS, "finish": MOMENTS}),
    st.fixed_dictionaries({"act": st.just("stretch"), "id": ROWS, "days": DAYS}),
    st.fixed_dictionaries({
        "act": st.just("link"), "from": ROWS, "to": ROWS, "type": st.sampled_from(["FS", "SS", "FF", "SF"]),
        "lag": st.sampled_from(["", "2d", "-1d"]),
    }),
    st.fixed_dictionaries({"act": st.just("unlink"), "from": ROWS, "to": ROWS}),
    st.fixed_dictionaries({
        "act": st.just("place"), "ids": st.lists(ROWS, min_size=1, max_size=2), "parent": ROWS | st.none(),
        "position": st.integers(0, 4),
    }),
    st.fixed_dictionaries({
        "act": st.sampled_from(["indent", "outdent", "delete"]), "ids": st.lists(ROWS, min_size=1, max_size=2),
    }),
    st.fixed_dictionaries({"act": st.just("add"), "name": NAMES, "parent": ROWS | st.none(), "position": ROWS}),
    st.fixed_dictionaries({"act": st.just("set"), "id": ROWS, "values": st.one_of(
        st.fixed_dictionaries({"name": NAMES}),
        st.fixed_dictionaries({"percent_complete": st.sampled_from([0, 40, 100])}),
        st.fixed_dictionaries({"deadline": st.just("2026-01-20")}),
        st.fixed_dictionaries({"constraint_type": st.just("MSO"), "constraint_date": st.just("2026-01-14")}),
    )}),
)  # fmt: skip


@pytest.fixture
def rows(plan):
    return [plan.above, plan.a, plan.b, plan.c, plan.d, plan.live]


def named(act, rows):
    """The same act with the numbers of rows instead of their places."""
    filled = dict(act)
    for key in ("id", "from", "to", "parent"):
        if isinstance(filled.get(key), int):
            filled[key] = rows[filled[key]]
    if "ids" in filled:
        filled["ids"] = [rows[place] for place in dict.fromkeys(filled["ids"])]
    return filled


def stored(project, acts, actor, version=None):
    version = version or queries.version_of(project)
    return service.store(project, read_acts(acts), actor=actor, now=NOW, version=version, chosen={})


def steps(project, actor):
    return queries.steps_of(project, actor, NOW)


@settings(max_examples=6, suppress_health_check=SAME_APP)
@given(batches=st.lists(st.lists(ACTS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_previews_are_true_and_undo_after_any_sequence_brings_all_back(app, plan, rows, managers, batches):
    actor = managers[0]
    with app.test_request_context():
        app.preprocess_request()
        while steps(plan.project, actor).undo:
            service.undo(plan.project, actor=actor, now=NOW)
        states = [queries.hash_of(plan.project)]
        for batch in batches:
            acts = [named(act, rows) for act in batch]
            try:
                read = read_acts(acts)
                seen = service.preview(plan.project, read, NOW)
                said = charts.answer_preview(seen, queries.version_of(plan.project))
                done = stored(plan.project, acts, actor)
            except Problem:
                assert queries.hash_of(plan.project) == states[-1]
                continue
            assert said["may"]
            assert _dates(plan.project, done.added) == {id: (d.start, d.finish) for id, d in seen.after.dates.items()}
            if done.work.changes:
                states.append(queries.hash_of(plan.project))
        for state in reversed(states[:-1]):
            service.undo(plan.project, actor=actor, now=NOW)
            assert queries.hash_of(plan.project) == state
        for state in states[1:]:
            service.redo(plan.project, actor=actor, now=NOW)
            assert queries.hash_of(plan.project) == state


def _dates(project, added):
    back = {number: id for id, number in added.items()}
    found = queries.loaded(project).schedule.dates
    return {back.get(id, id): (dates.start, dates.finish) for id, dates in found.items()}


QUIET = st.one_of(
    st.fixed_dictionaries({"act": st.just("move"), "ids": st.just([1]), "days": DAYS}),
    st.fixed_dictionaries({"act": st.just("stretch"), "id": st.just(1), "duration": st.sampled_from(["1d", "4d"])}),
    st.fixed_dictionaries({"act": st.just("set"), "id": st.just(1), "values": st.just({"name": "Sort"})}),
)
OTHER = st.one_of(
    st.fixed_dictionaries({"act": st.just("stretch"), "id": st.just(3), "duration": st.sampled_from(["2d", "5d"])}),
    st.fixed_dictionaries({"act": st.just("set"), "id": st.just(4), "values": st.just({"name": "Map"})}),
    st.fixed_dictionaries({"act": st.just("link"), "from": st.just(3), "to": st.just(4), "lag": st.just("1d")}),
    st.fixed_dictionaries({"act": st.just("delete"), "ids": st.just([5])}),
)


@settings(max_examples=5, suppress_health_check=SAME_APP)
@given(one=QUIET, two=OTHER)
def test_acts_of_two_people_on_different_rows_commute(app, plan, rows, managers, one, two):
    first, second = named(one, rows), named(two, rows)
    ends = set()
    for order in ((first, second), (second, first)):
        version = queries.version_of(plan.project)
        with app.test_request_context():
            for actor, act in zip(managers if order[0] is first else managers[::-1], order, strict=True):
                stored(plan.project, [act], actor, version)
            ends.add(_content(plan.project))
            for actor in managers[::-1] if order[0] is first else managers:
                if steps(plan.project, actor).undo:
                    service.undo(plan.project, actor=actor, now=NOW)
    assert len(ends) == 1


def _content(project):
    """A plan by its content: a link that is made twice gets another number the second time."""
    found = queries.loaded(project)
    links = sorted((each.predecessor, each.successor, each.type.value, each.lag_minutes) for each in found.plan.links)
    dates = sorted((id, each.start, each.finish) for id, each in found.schedule.dates.items())
    return repr((sorted(found.names.items()), links, dates, found.plan.activities))


def test_a_plan_of_its_own_is_equal_to_itself(plan):
    assert queries.hash_of(plan.project) == queries.hash_of(plan.project)
    before = queries.hash_of(plan.project)
    factories.task(plan.project, "More")
    assert queries.hash_of(plan.project) != before
