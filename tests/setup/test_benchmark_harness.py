"""The harness: what it counts, how it judges, and how a figure reads."""

from datetime import date

import pytest

from benchmarks.harness import Figure, line, measure, number, percentile, timings
from benchmarks.run_all import benchmarks, machine, report


@pytest.mark.parametrize(("percent", "value"), [(0, 1), (25, 1), (50, 2), (51, 3), (95, 4), (100, 4)])
def test_a_percentile_is_a_measured_value(percent, value):
    assert percentile([4, 1, 3, 2], percent) == value


def test_nothing_has_no_percentile():
    with pytest.raises(ValueError, match="at least one"):
        percentile([], 50)


def test_warming_up_is_not_measured():
    calls = []
    assert len(timings(lambda: calls.append(1), runs=3, warm_up=2)) == 3
    assert len(calls) == 5


@pytest.mark.parametrize(
    ("value", "target", "better", "reached"),
    [
        (5, 6, "lower", True),
        (7, 6, "lower", False),
        (7, 6, "higher", True),
        (5, 6, "higher", False),
        (5, None, "lower", None),
    ],
)
def test_a_figure_knows_whether_its_target_is_reached(value, target, better, reached):
    assert Figure("x", value, "ms", target, better).reached is reached


def test_a_measured_figure_names_its_clock_and_percentile():
    figure = measure("page", lambda: None, runs=3, target=60, clock="processor", at=95)
    assert figure.name == "page (processor, p95)"
    assert figure.unit == "ms"
    assert figure.reached


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.50"), (9.994, "9.99"), (12.345, "12.3"), (999.9, "999.9"), (1234.5, "1,234")]
)
def test_numbers_are_short(value, text):
    assert number(value) == text


def test_lines_are_aligned_and_say_what_is_missed():
    good, bad = line(Figure("a", 1, "ms", 2)), line(Figure("a longer name", 3, "ms", 2))
    assert good.endswith("≤ 2.00  ok")
    assert bad.endswith("≤ 2.00  MISSED")
    assert good.index("≤") == bad.index("≤")


def test_the_report_has_the_day_the_machine_and_every_figure():
    page = report({"critical_path": [Figure("1,000 tasks", 9, "ms", 8)]}, date(2026, 3, 2), "A machine")
    assert "Measured on 2026-03-02" in page
    assert "A machine." in page
    assert "## Critical path" in page
    assert "| 1,000 tasks | 9.00 ms | at most 8.00 ms | **missed** |" in page


def test_the_machine_is_described():
    assert "cores" in machine()


def test_helpers_are_not_benchmarks(tmp_path):
    for name in ("__init__", "harness", "run_all", "gantt"):
        (tmp_path / f"{name}.py").touch()
    assert benchmarks(tmp_path) == ["gantt"]
