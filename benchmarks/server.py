"""How soon the server and the demo are there, and how much memory a worker has after mixed work.

Run: python -m benchmarks.server
"""

import statistics
from itertools import cycle, islice
from pathlib import Path

from benchmarks import demo
from benchmarks.harness import Figure, run
from benchmarks.pages import PAGES, VISITORS

RUNS, REQUESTS = 3, 200
START_S, DEMO_S, AGAIN_S, MEMORY_MB = 3, 30, 5, 250
_KB = 1024


def main() -> list[Figure]:
    """The demo from nothing, the server's start, the second start of `roadmap demo`, and a worker's memory."""
    whole = demo.made()
    return [
        Figure("demo from nothing, with its schema (wall)", whole.seconds, "s", DEMO_S),
        _start("start of the server until it answers (wall)", whole.folder, START_S),
        _start("second start of `roadmap demo` (wall)", whole.folder, AGAIN_S, "demo"),
        Figure(f"memory of a worker after {REQUESTS} mixed requests", _memory(whole.folder), "MB", MEMORY_MB),
    ]


def _start(name: str, folder: Path, target: float, *command: str) -> Figure:
    took = []
    for _ in range(RUNS):
        with demo.serving(folder, *command) as server:
            took.append(server.seconds)
    return Figure(name, statistics.median(took), "s", target, spread=max(took) - min(took))


def _memory(folder: Path) -> float:
    """Megabytes that the largest process of a server holds by itself."""
    with demo.serving(folder) as server:
        browsers = server.browsers(VISITORS)
        for page in islice(cycle(PAGES), REQUESTS):
            browsers[page.who].ask("GET", page.path)
        return max(map(_resident, [server.process, *_children(server.process)]))


def _children(process: int) -> list[int]:
    """The numbers of a process's children, and of theirs."""
    own = []
    for file in Path(f"/proc/{process}/task").glob("*/children"):
        own += [int(number) for number in file.read_text(encoding="ascii").split()]
    return own + [child for number in own for child in _children(number)]


def _resident(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / _KB


if __name__ == "__main__":
    run(main)
