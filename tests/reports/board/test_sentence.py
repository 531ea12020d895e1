"""The sentence of the portfolio for those who decide, as a table of cases."""

from datetime import date
from types import SimpleNamespace

import pytest

from readiness.across.rules import Blocking, GateStop
from reports.board import charts
from reports.board.rules import asks
from reports.board.rules.asks import Ask, Kind
from reports.board.rules.lines import Ready
from reports.board.rules.summary import ordered, summary
from roadmap.standing.rules.health import Health as Colour

GATE = GateStop(1, 1, "go-live", "Go-live", 0, 85)
TODAY = date(2026, 2, 18)


FREE = Blocking()


def line(name, ready, *, blocking=FREE, score=90.0, use=None, late=0):
    return SimpleNamespace(
        id=len(name), name=name, ready=ready, blocking=blocking, score=score, gate=GATE, use=use, late=late
    )


NORDIC = line("Nordic", Ready.NO_GO, blocking=Blocking(("Data agree", "Staff trained"), ("Restore",)))
SPAIN, ITALY = line("Spain", Ready.GO), line("Italy it", Ready.CONDITIONS)
PILOT = line("The pilot", Ready.LIVE, use=72.4)
FAR = line("Faraway land", Ready.OPEN)
NEW = line("Brand new", Ready.UNKNOWN, score=None)
NOTHING = "No decision is needed this week."
NEAR = "roll-outs near their go-live"
WHY = "because two must-haves fail and one is unknown"
CASES = [
    ([], 0, "No roll-out yet."),
    ([SPAIN], 0, f"Spain can go. {NOTHING}"),
    ([SPAIN, ITALY], 0, f"Both roll-outs near their go-live can go. {NOTHING}"),
    (
        [SPAIN, ITALY, NORDIC],
        3,
        f"Two of three {NEAR} can go; Nordic is a no-go {WHY}. Three decisions are needed this week.",
    ),
    ([NORDIC], 1, f"Nordic is a no-go {WHY}. One decision is needed this week."),
    (
        [NORDIC, NEW],
        0,
        f"None of two {NEAR} can go; Nordic is a no-go {WHY}; Brand new is not judged yet. {NOTHING}",
    ),
    (
        [FAR, PILOT],
        0,
        f"No roll-out is near its go-live. The pilot is live, used weekly by 72 % of its people. {NOTHING}",
    ),
    ([PILOT, line("Other", Ready.LIVE)], 0, f"Other and The pilot are live. {NOTHING}"),
    (
        [line("One thing", Ready.NO_GO, blocking=Blocking((), ("Restore",)))],
        0,
        f"One thing is a no-go because “Restore” is unknown. {NOTHING}",
    ),
    ([line("Low", Ready.NO_GO, score=60.0)], 0, f"Low is a no-go because its score is below 85. {NOTHING}"),
    ([line("Thin", Ready.NO_GO)], 0, f"Thin is a no-go because too little is known. {NOTHING}"),
    ([line("Void", Ready.NO_GO, score=None)], 0, f"Void is a no-go because nothing is known. {NOTHING}"),
]


@pytest.mark.parametrize(("lines", "count", "said"), CASES, ids=[case[2][:60] for case in CASES])
def test_the_sentence_says_what_can_go_and_why_not(app, lines, count, said):
    wanted = [Ask(Kind.GATE, 1, "Nordic", "Go-live")] * count
    board = SimpleNamespace(lines=lines, summary=summary(lines), asks=wanted)
    with app.test_request_context():
        assert charts.plain(charts.sentence(board)) == said


def test_many_that_can_not_go_are_counted(app):
    many = [line(f"Roll-out {number}", Ready.NO_GO, score=10.0) for number in range(5)]
    with app.test_request_context():
        said = charts.plain(charts.sentence(SimpleNamespace(lines=many, summary=summary(many), asks=[])))
    assert said.startswith("None of five roll-outs near their go-live can go; Roll-out 0 is a no-go")
    assert "three more can't." in said


def test_what_can_not_go_stands_first():
    rows = [PILOT, FAR, SPAIN, line("Later", Ready.NO_GO, late=9), NORDIC, NEW]
    assert [row.name for row in ordered(rows)] == ["Later", "Nordic", "Brand new", "Spain", "Faraway land", "The pilot"]


def test_gates_count_from_this_week_on_back_and_never_once_reached():
    def gate(day, *, reached=False):
        return GateStop(1, 1, "pilot", "Pilot", 0, 85, 4, "Pilot done", day, reached)

    rows = [gate(date(2026, 2, 22)), gate(date(2026, 2, 23)), gate(date(2026, 2, 10)), gate(TODAY, reached=True)]
    found = asks.of_gates(1, "Nordic", [*rows, gate(None)], TODAY)
    assert [each.day for each in found] == [date(2026, 2, 22), date(2026, 2, 10)]


@pytest.mark.parametrize(
    ("claimed", "against", "until", "kinds"),
    [
        (Colour.ON_TRACK, 2, date(2026, 3, 1), [Kind.CONTRADICTION]),
        (Colour.ON_TRACK, 0, date(2026, 2, 22), [Kind.CLAIM]),
        (Colour.ON_TRACK, 1, date(2026, 2, 18), [Kind.CONTRADICTION, Kind.CLAIM]),
        (Colour.ON_TRACK, 0, date(2026, 2, 23), []),
        (None, 3, date(2026, 2, 18), []),
    ],
)
def test_a_claim_asks_for_a_word_when_it_is_contradicted_or_ends(claimed, against, until, kinds):
    claim = SimpleNamespace(by="Maren", reason="I know", until=until)
    health = SimpleNamespace(
        claim=claim,
        claimed=claimed,
        contradictions=[SimpleNamespace(key=f"k{at}") for at in range(against + 1)],
        worst=Colour.AT_RISK,
    )
    assert [each.kind for each in asks.of_health(1, "Nordic", health, frozenset({f"k{against}"}), TODAY)] == kinds


def test_what_is_late_or_wanted_now_comes_before_what_is_due():
    def wanted(day, kind=Kind.GATE):
        return Ask(kind, 1, "Nordic", "x", day)

    rows = [wanted(date(2026, 2, 20)), wanted(TODAY, Kind.ASKED), wanted(TODAY), wanted(None, Kind.WAIVER)]
    found = asks.ordered(rows)
    assert [(each.kind.value, each.day and each.day.day) for each in found] == [
        ("waiver", None),
        ("gate", 18),
        ("asked", 18),
        ("gate", 20),
    ]
