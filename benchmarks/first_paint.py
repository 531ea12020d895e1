"""When a browser shows the first content of the roadmap: the demo's plan and one of two thousand rows, in Chromium.

Run: python -m benchmarks.first_paint
"""

import csv
import shutil
import statistics
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import demo
from benchmarks.harness import Figure, percentile, run
from web.demo.cast import DOMAIN, PASSWORD

RUNS = 9
SHORT_S, LONG_S = 0.4, 1.0
ROWS = 2_000
STREAM = 50
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_PAINTED = """new Promise(done => new PerformanceObserver(list => {
  const found = list.getEntriesByName('first-contentful-paint')[0];
  if (found) done(found.startTime / 1000);
}).observe({ type: 'paint', buffered: true }))"""


def main() -> list[Figure]:
    """The first contentful paint of a warm server's page, from the click on."""
    folder = demo.made().folder
    long = long_plan(folder)
    with demo.serving(folder) as server, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = signed_in(browser, f"http://127.0.0.1:{server.port}")
        figures = [
            _figure("Gantt of the demo, 173 rows", page, f"http://127.0.0.1:{server.port}/projects/1/roadmap", SHORT_S),
            _figure(f"Gantt of {ROWS:,} rows", page, f"http://127.0.0.1:{server.port}/projects/{long}/roadmap", LONG_S),
        ]
        browser.close()
    return figures


def _figure(name: str, page: Page, address: str, target: float) -> Figure:
    took = [_painted(page, address) for _ in range(RUNS + 1)][1:]
    spread = percentile(took, 75) - percentile(took, 25)
    return Figure(f"{name}: first paint (wall)", statistics.median(took), "s", target, spread=spread)


def _painted(page: Page, address: str) -> float:
    page.goto(address)
    return float(page.evaluate(_PAINTED))


def signed_in(browser: Browser, home: str) -> Page:
    """A page of an administrator."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{home}/sign-in")
    page.fill("[name=email]", f"astrid@{DOMAIN}")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{home}/")
    return page


def chromium() -> str | None:
    """The browser of the system; None for the one that playwright brings."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


def long_plan(folder: Path) -> int:
    """A plan of two thousand rows in the demo's folder; returns the number of its project."""
    file = folder / "long.csv"
    with file.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(["id", "wbs", "name", "duration", "predecessors"])
        for number in range(1, ROWS + 1):
            stream, place = divmod(number - 1, STREAM)
            writer.writerow(_row(number, stream + 1, place))
    command = [str(demo.ROADMAP), "plan", "import", str(file), "--name", "Long", "--start", "2026-01-05"]
    done = subprocess.run(command, env=demo.environment(folder), check=True, capture_output=True, text=True)
    return int(done.stdout.split()[1].rstrip(":"))


def _row(number: int, stream: int, place: int) -> list[object]:
    if place == 0:
        return [number, stream, f"Stream {stream}", "", ""]
    return [
        number,
        f"{stream}.{place}",
        f"Step {stream}-{place} of the long roll-out",
        "1d",
        number - 1 if place > 1 else "",
    ]


if __name__ == "__main__":
    run(main)
