"""A drag in a plan of 2,000 tasks as the server answers it: the preview, the drop, a step back, a poll.

Whole requests in one process, on disk, with the sign-in. Run: python -m benchmarks.editing
"""

import itertools
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from benchmarks import long_plan
from benchmarks.harness import Figure, measure, run, settle
from benchmarks.long_plan import DAY, PHASE, TASKS

RUNS, REACH_MS = 60, 80
MIDDLE = TASKS // PHASE // 2 * (PHASE - 1)
"""Where the phase in the middle begins; its last tasks may slip for long before they push the end of the plan."""
HEADERS = {"Accept": "application/json"}


def main() -> list[Figure]:
    """The 95th percentile of each; in the plan every phase's tasks follow each other, and phases overlap."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        plan = long_plan.made(Path(folder))
        settle()
        return _figures(plan.browser, f"/projects/{plan.project}/plan", plan.ids)


def _figures(browser: FlaskClient, base: str, ids: list[int]) -> list[Figure]:
    days = itertools.cycle(range(1, 15))
    plan: dict[str, Any] = browser.get(f"{base}/rows").json or {}
    version, begun = plan["version"], {row["id"]: datetime.fromisoformat(row["start"]) for row in plan["rows"]}
    few, last, all_of_it = ids[MIDDLE + 14], ids[-5], ids[1]

    def send(what: str, act: dict[str, object] | None = None) -> None:
        nonlocal version
        body = {"version": version, "acts": [act]} if act else {"version": version}
        answer = browser.post(f"{base}/{what}", json=body, headers=HEADERS)
        assert answer.status_code == 200, answer.text  # noqa: PLR2004  # what fails measures nothing
        version = answer.json["version"]  # type: ignore[index]

    def drag(id: int) -> dict[str, object]:
        start = begun[id] + timedelta(days=7 * next(days))  # another day each time, and always a day of work
        return {"act": "move", "ids": [id], "start": start.isoformat(timespec="minutes")}

    def back() -> None:
        send("acts", {"act": "stretch", "id": few, "duration_minutes": (7 + next(days)) * DAY})
        send("undo")

    def poll() -> None:
        browser.get(f"{base}/rows", query_string={"since": version})

    return [
        _measure("preview of a drag that few follow", lambda: send("preview", drag(few)), REACH_MS),
        _measure("preview of a drag that all follow", lambda: send("preview", drag(all_of_it)), REACH_MS),
        _measure("a drop that few follow, stored", lambda: send("acts", drag(few)), REACH_MS),
        _measure("a drop after which the plan ends later, stored", lambda: send("acts", drag(last))),
        _measure("a drop that all follow, stored", lambda: send("acts", drag(all_of_it))),
        _measure("a drop and its undo", back),
        _measure("a poll where nothing changed", poll),
    ]


def _measure(name: str, action: Callable[[], None], target: float | None = None) -> Figure:
    return measure(f"2,000 tasks: {name}", action, at=95, target=target, runs=RUNS)


if __name__ == "__main__":
    run(main)
