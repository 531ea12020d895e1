"""Reading what people type into a plan, and what fits together."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import RuleBroken
from kernel.worktime import standard
from roadmap.schedule.rules import LinkType
from roadmap.tasks.rules import fields, links, progress, tree

AT = datetime(2026, 2, 18, 10)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("duration_minutes", "soon", "3d or 4h"),
        ("duration_minutes", "-3d", "3d or 4h"),
        ("duration_minutes", "", "3d or 4h"),
        ("percent_complete", "half", "0 to 100"),
        ("deadline", "3.3.2026", "2026-03-03"),
        ("deadline", "2026-02-30", "2026-03-03"),
        ("constraint_date", "tomorrow", "T09:00"),
        ("constraint_type", "XYZ", "ASAP, ALAP"),
        ("type", "epic", "task or milestone"),
        ("owner_id", "Priya", "none of the choices"),
        ("colour", "red", "no field"),
    ],
)
def test_what_cannot_be_read_is_said_with_what_would_be_right(name, text, says):
    with pytest.raises(RuleBroken, match=says) as caught:
        fields.parse(name, text)
    assert caught.value.field == name


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("3d", 1440), ("3", 1440), ("1,5 d", 720), ("4h", 240), ("2w", 4800), ("90 min", 90), ("0", 0)],
)
def test_durations_are_read(text, minutes):
    assert fields.parse_duration(text) == minutes


@given(st.integers(0, 5_000_000))
def test_a_duration_reads_back_as_it_was_written(minutes):
    assert fields.parse_duration(fields.duration_text(minutes)) == minutes or minutes >= fields.DAY_MINUTES * 1_000_000


@given(
    st.lists(
        st.builds(
            links.Tie,
            st.integers(1, 99).map(str),
            st.sampled_from(LinkType),
            st.integers(-4800, 4800),
        ),
        unique_by=lambda tie: tie.ref,
    )
)
def test_predecessors_read_back_as_they_were_written(ties):
    assert links.parse_predecessors(links.predecessors_text(ties)) == ties


BAD = [
    ({"name": " "}, "name", "Give the task a name"),
    ({"name": "x" * 301}, "name", "at most 300"),
    ({"description": "x" * 20_001}, "description", "Attach a file"),
    ({"percent_complete": 140}, "percent_complete", "140 % is not possible"),
    ({"percent_complete": -1}, "percent_complete", "between 0 and 100"),
    ({"type": "milestone", "duration_minutes": 480}, "duration_minutes", "make this a task"),
    ({"duration_minutes": 10**9}, "duration_minutes", "10,000 days"),
    (
        {"actual_start": AT, "actual_finish": AT.replace(day=17), "percent_complete": 100},
        "actual_finish",
        "before it starts",
    ),
    ({"actual_start": AT, "actual_finish": AT, "percent_complete": 60}, "actual_finish", "Take the finish out"),
    ({"constraint_type": "SNET"}, "constraint_date", "needs a date"),
    ({"constraint_type": "MFO"}, "constraint_date", "must finish on"),
    ({"deadline": date(3026, 1, 1)}, "deadline", "1990 and 2199"),
    ({"estimate_low": 480}, "estimate_low", "all three"),
    ({"estimate_low": 960, "estimate_likely": 480, "estimate_high": 1440}, "estimate_low", "at most likely"),
]


@pytest.mark.parametrize(("values", "field", "says"), BAD, ids=[says for _, _, says in BAD])
def test_what_does_not_fit_is_said_of_its_field(values, field, says):
    with pytest.raises(RuleBroken, match=says) as caught:
        fields.check(fields.Draft(**{"name": "Map", **values}))
    assert caught.value.field == field


@pytest.mark.parametrize("kind", ["ASAP", "ALAP"])
def test_two_constraints_need_no_date_and_keep_none(kind):
    fields.check(fields.Draft("Map", constraint_type=kind))
    assert fields.pinned(kind, AT, standard()) is None


def test_a_day_means_its_working_hours():
    day = datetime(2026, 2, 18)
    assert fields.pinned("SNET", day, standard()) == datetime(2026, 2, 18, 8)
    assert fields.pinned("FNLT", day, standard()) == datetime(2026, 2, 18, 17)
    assert fields.pinned("SNET", datetime(2026, 2, 21), standard()) == datetime(2026, 2, 21)  # no working day
    assert fields.pinned("SNET", AT, standard()) == AT


@pytest.mark.parametrize("percent", [-1, 101])
def test_progress_outside_its_range_is_refused(percent):
    with pytest.raises(RuleBroken, match="between 0 and 100"):
        progress.reported(percent, AT, AT, progress.Progress(0, None, None))


@given(st.integers(0, 100), st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))
def test_progress_never_ends_before_it_began(percent, planned):
    after = progress.reported(percent, AT, planned, progress.Progress(0, None, None))
    assert (after.actual_start is None) == (percent == 0)
    assert (after.actual_finish is None) == (percent < 100)
    assert after.actual_finish is None or after.actual_start <= after.actual_finish <= AT


@given(st.lists(st.integers(0, 8), max_size=9))
def test_every_row_has_a_place_and_its_own_number(parents):
    nodes = [tree.Node(id, None if parent >= id else parent, id) for id, parent in enumerate(parents)]
    places = tree.places(nodes)
    assert sorted(places) == list(range(len(parents)))
    assert [place.row for place in places.values()] == list(range(len(parents)))
    assert len({place.wbs for place in places.values()}) == len(parents)
