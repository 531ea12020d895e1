"""How long a forecast takes: 10,000 runs of plans of 150 and 500 tasks, beside a plain loop over the scheduler.

The loop is measured on a few runs and scaled to as many: nobody would wait for it.

Run: python -m benchmarks.forecast
"""

from benchmarks.critical_path import random_plan
from benchmarks.harness import Figure, measure, run
from roadmap.forecast.rules.answer import RUNS, SEED, forecast
from roadmap.forecast.rules.model import Model
from roadmap.forecast.rules.passes import Passes, plain_run
from roadmap.forecast.rules.sampling import Draws, draw
from roadmap.forecast.rules.shapes import Estimate

SIZES = {150: 150, 500: 600}
LOOPED = 20
TIMES_FASTER = 50


def a_model(size: int) -> Model:
    """A random plan whose tasks take a tenth less to a third more than planned."""
    plan = random_plan(size, calendars=True)
    guesses = {
        row.id: Estimate(row.duration_minutes * 9 // 10, row.duration_minutes, row.duration_minutes * 4 // 3)
        for row in plan.activities
    }
    return Model(plan, guesses)


def main() -> list[Figure]:
    """Drawing, passes, passes with criticality, the whole answer; and the passes beside a loop, as a ratio."""
    return [figure for size in SIZES for figure in _figures(size)]


def _figures(size: int) -> list[Figure]:
    model = a_model(size)
    draws = draw(model, RUNS, SEED)
    passes, name = Passes(model, draws), f"{size} tasks, {RUNS:,} runs"
    drawn = measure(f"{name}: drawing", lambda: draw(model, RUNS, SEED), runs=3, clock="processor")
    ran = measure(f"{name}: passes", lambda: passes.run(draws, []), runs=5, target=SIZES[size], clock="processor")
    led = measure(
        f"{name}: passes, with criticality", lambda: passes.run(draws, [], drivers=True), runs=3, clock="processor"
    )
    whole = measure(f"{name}: the whole answer", lambda: forecast(model, {}), runs=1, clock="processor", warm_up=0)
    looped = measure(f"{size} tasks, {LOOPED} runs: plain loop", lambda: _loop(model, draws), runs=3, clock="processor")
    ratio = looped.value / LOOPED * RUNS / ran.value
    times = Figure(f"{name}: a plain loop over the passes", ratio, "times", TIMES_FASTER, "higher")
    return [drawn, ran, led, whole, looped, times]


def _loop(model: Model, draws: Draws) -> None:
    for number in range(LOOPED):
        plain_run(model.plan, draws.minutes, {}, number, None)


if __name__ == "__main__":
    run(main)
