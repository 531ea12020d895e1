"""Asks MPXJ, a library in Java that reads plans of MS Project, whether it reads what we write, and agrees.

Run: make oracle [FILES="a.xml b.xml"]. Plans: the shipped template, a made one with every kind of link and lag, and the
given files, each imported and written again. Needs Java and, the first time, the package registry. Never part of the
tests: another program's reading is a second opinion.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path

from infra import migrate
from infra.database import db
from infra.wires import wires
from kernel.actor import SYSTEM
from roadmap.exchange import queries, service
from roadmap.exchange.rules import mspdi_writing
from roadmap.exchange.rules.plan_file import PlanFile
from roadmap.planting.rules import RowSeed, TieSeed
from web.app import create_app
from web.places import place
from web.settings import read

MPXJ = "16.10.0"
"""The version of the `mpxj` package, which brings the library and all that it needs."""
SIZE, REACH = 120, 3
_KINDS = ("FS", "SS", "FF", "SF")
_UNITS = ("working", "elapsed", "percent")


class Seen(NamedTuple):
    """A task as one side sees it; moments to the minute."""

    name: str
    start: str
    finish: str
    minutes: int
    links: int


def main() -> int:
    """Compare, print a line a plan; 0 when MPXJ reads every task as it was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files
    if shutil.which("java") is None:
        print("There is no Java on this machine, so MPXJ can't be asked. Nothing was checked.", file=sys.stderr)
        return 1
    library = _library()
    with tempfile.TemporaryDirectory(prefix="oracle-") as folder:
        app = create_app(read({"ROADMAP_DATA_DIR": folder, "ROADMAP_SECRET_KEY": "x" * 40}))
        with app.app_context():
            migrate.upgrade(db.engine, place("migrations"))
            plans = dict(_written(files, Path(folder)))
            return _compare(plans, _asked(library, sorted(plans)))


def _library() -> Path:
    """The folder of the library's archives, fetched once."""
    target = user_cache_path("launch90") / f"mpxj-{MPXJ}"
    if not (target / "mpxj" / "lib" / "mpxj.jar").exists():
        print(f"Fetching MPXJ {MPXJ} …")
        wanted = ["install", "--quiet", "--no-deps", "--target", str(target), f"mpxj=={MPXJ}"]
        subprocess.run([sys.executable, "-m", "pip", *wanted], check=True)
    return target / "mpxj" / "lib"


def _written(files: list[Path], folder: Path) -> Iterator[tuple[str, dict[str, Seen]]]:
    """Every plan as we write it: the path, and its tasks by UID."""
    numbers = {"made": _import(_made())}
    for file in files:
        numbers[file.stem] = _import(service.read_plan(service.file_content(file)))
    for name, number in numbers.items():
        plan, path = queries.outgoing(number), folder / f"{name}.xml"
        path.write_bytes(mspdi_writing.write(plan))
        uids = mspdi_writing.numbers_of(plan)
        links = [tie.successor_id for tie in plan.ties]
        yield (
            str(path),
            {
                str(uids[task["id"]]): Seen(
                    " ".join(task["name"].split()),
                    f"{task['start']:%Y-%m-%dT%H:%M}",
                    f"{task['finish']:%Y-%m-%dT%H:%M}",
                    task["length"],
                    links.count(task["id"]),
                )
                for task in plan.tasks
            },
        )


def _import(plan: PlanFile) -> int:
    return service.import_plan(plan, actor=SYSTEM, now=wires().clock(), name=plan.name or "Plan")


def _made() -> PlanFile:
    """A plan with links of every type, lags of every kind, leads, constraints and two levels."""
    chance = random.Random(7)  # noqa: S311  # the same plan every time is the point
    rows, ties = [RowSeed("phase 0", "Phase", None, {"type": "summary", "duration_minutes": 0})], []
    for number in range(SIZE):
        if number and number % 15 == 0:
            rows.append(RowSeed(f"phase {number}", f"Phase {number}", None, {"type": "summary", "duration_minutes": 0}))
        values = {"duration_minutes": 240 * chance.randint(1, 12)}
        rows.append(RowSeed(str(number), f"Step {number}", f"phase {number - number % 15}", values))
        if number >= REACH:
            kind, unit = chance.choice(_KINDS[:3]), chance.choice(_UNITS)
            lag = chance.choice((0, 0, 480, -240))
            share = float(chance.choice((25, 50))) if unit == "percent" else None
            ties.append(
                TieSeed(str(number - chance.randint(1, REACH)), str(number), kind, 0 if share else lag, unit, share)
            )
    return PlanFile(tuple(rows), tuple(ties), name="Made", start=date(2026, 1, 5), exact=True)


def _asked(library: Path, paths: list[str]) -> dict[str, dict[str, dict[str, Seen]]]:
    """What MPXJ says of each file: by how it was said (read, scheduled) and by UID."""
    command = ["java", "-cp", f"{library}/*", str(Path(__file__).with_name("Oracle.java")), *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    if done.returncode:
        raise SystemExit(f"Java refused: {done.stderr.strip()[-400:]}")
    found: dict[str, dict[str, dict[str, Seen]]] = {}
    for line in done.stdout.splitlines():
        said, *values = line.split("\t")
        if said == "file":
            current = found[values[0]] = {"read": {}, "scheduled": {}}
        elif said == "refused":
            print(f"  MPXJ's scheduler refused a plan: {values[0][:120]}")
        else:
            uid, name, start, finish, minutes, _summary, links = values
            seen = Seen(name, start[:16], finish[:16], int(minutes or 0), len(links.split()))
            current[said][uid] = seen
    return found


def _compare(plans: dict[str, dict[str, Seen]], asked: dict[str, dict[str, dict[str, Seen]]]) -> int:
    wrong = 0
    for path, tasks in plans.items():
        said = asked[path]
        misread = [uid for uid, seen in tasks.items() if said["read"].get(uid) != seen]
        placed = [
            uid for uid, seen in tasks.items() if (other := said["scheduled"].get(uid)) and other[1:3] == seen[1:3]
        ]
        print(
            f"{Path(path).stem}: MPXJ reads {len(tasks) - len(misread)} of {len(tasks)} tasks as they were written; "
            f"its own scheduler gives {len(placed)} the same dates"
        )
        for uid in misread[:5]:
            print(f"  task {uid}: written {tasks[uid]}, read {said['read'].get(uid)}")
        wrong += len(misread)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
