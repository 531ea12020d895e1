"""An import of 10,000 leads while five automations are on: to the last record that a rule works on.

Run: python -m benchmarks.crm_automation

Each lead is given to somebody by a table, tagged where it lacks something, gets a rating and a task, and its owner is
told; what follows from that waits, and is worked on, too.
"""

import io
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import func, select

from accounts.people import service as people
from accounts.people.rules import PersonData
from accounts.teams import service as teams
from benchmarks.harness import Figure, run
from crm.access import service as access
from crm.acting import service as acting
from crm.acting.models import Run, Waiting
from crm.automation import service as automations
from crm.automation.rules.parts import COMPLETE, Action, Condition, Definition, Do, Op, Trigger, When
from crm.imports import service as imports
from crm.records.models import Activity
from infra.database import db
from kernel.actor import SYSTEM
from web.app import create_app
from web.database import ensure_schema
from web.settings import read

LEADS = 10_000
NOW = datetime(2026, 2, 18, 9, tzinfo=UTC)
REGIONS = ("nordics", "dach", "benelux", "west", "asia")
ROLE = "sales-representative"
TARGET = 60


def main() -> list[Figure]:
    """Import without automations, then with five, and count what they did."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(read({"ROADMAP_DATA_DIR": folder, "ROADMAP_SECRET_KEY": "x" * 40}))
        with app.app_context():
            ensure_schema()
            _sellers()
            alone = _timed(lambda: _bring_in("a"))
            for rule in _rules():
                automations.add(rule, actor=SYSTEM, now=NOW, on=True)
            brought = _timed(lambda: _bring_in("b"))
            worked = _timed(lambda: acting.run_waiting(NOW))
            runs = db.session.scalar(select(func.count(Run.id)).where(Run.state == "done")) or 0
            tasks = db.session.scalar(select(func.count(Activity.id))) or 0
            left = db.session.scalar(select(func.count(Waiting.id))) or 0
            db.engine.dispose()
    print(f"{runs:,} records worked on by rules, {tasks:,} tasks planned, {left} things wait")
    wall, busy = (brought[place] + worked[place] for place in (0, 1))
    return [
        Figure("10,000 leads brought in, no automation (wall)", alone[0], "s"),
        Figure("10,000 leads brought in, five automations on (wall)", brought[0], "s"),
        Figure("10,000 leads brought in and five automations done (wall)", wall, "s", TARGET),
        Figure("10,000 leads brought in and five automations done (processor)", busy, "s", TARGET),
        Figure("records that rules worked on, a second (processor)", runs / worked[1], "records/s", None, "higher"),
    ]


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    """How many seconds it took by the wall, and of processor."""
    began, busy = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - began, time.process_time() - busy


def _sellers() -> None:
    for number, region in enumerate(REGIONS):
        team, _work = teams.add_team(f"Team {region}", None, actor=SYSTEM)
        for each in range(3):
            data = PersonData(f"Seller {number}{each}", f"seller{number}{each}@example.org")
            person = people.add_person(data, now=NOW, actor=SYSTEM)
            access.give_role(person, ROLE, actor=SYSTEM)
            teams.put(person, team, leads=each == 0, actor=SYSTEM)


def _bring_in(mark: str) -> None:
    out = io.StringIO()
    out.write("First name,Last name,Company,E-mail,Lead source,Region\n")
    for number in range(LEADS):
        source = "web" if number % 3 else ""
        name = f"Ines{number % 97},Maertens{mark}{number}"
        out.write(f"{name},Firm {number},i{number}{mark}@firm.example,{source},{REGIONS[number % 5]}\n")
    kept = imports.keep_draft("lead", f"{mark}.csv", out.getvalue().encode(), actor=SYSTEM, now=NOW)
    imports.start(kept, imports.FULL, actor=SYSTEM, now=NOW)
    for import_id, _person in imports.waiting(NOW):
        imports.perform(import_id, actor=SYSTEM, now=NOW)


def _rules() -> list[Definition]:
    created, changed = Trigger(When.CREATED), Trigger(When.CHANGED, "owner_id")
    teams_by_region = [
        {"if": {"region": region}, "to": f"team:{number}", "how": "load"} for number, region in enumerate(REGIONS, 1)
    ]
    task = {"name": "Call {name} of {company}", "kind": "call", "days": 1, "whose": "owner"}
    found = (
        ("Give out", created, (), Action(Do.ASSIGN, {"rows": teams_by_region, "else": f"role:{ROLE}", "how": "turn"})),
        ("Rate", created, (Condition("source", Op.IS, ("web",)),), Action(Do.SET, {"field": "rating", "value": "hot"})),
        ("Tag", created, (Condition(COMPLETE.key, Op.IS, ("no",)),), Action(Do.FLAG, {"tag": "Incomplete"})),
        ("Call", changed, (Condition("owner_id", Op.FILLED),), Action(Do.TASK, task)),
        ("Tell", changed, (), Action(Do.NOTIFY, {"to": "owner", "text": "New: {name}"})),
    )
    return [Definition(name, "lead", trigger, tuple(asks), (act,)) for name, trigger, asks, act in found]


if __name__ == "__main__":
    run(main)
