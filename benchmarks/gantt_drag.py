"""How soon a bar follows the hand in a plan of two thousand rows, in Chromium, with a server that answers previews.

What the page works for each movement, from a movement of the pointer to the frame that is painted, and from the drop
until all that follows is drawn. Makes a database of its own.
Run: python -m benchmarks.gantt_drag
"""

import tempfile
import time
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks import demo, long_plan
from benchmarks.first_paint import chromium
from benchmarks.harness import Figure, percentile, run
from benchmarks.long_plan import TASKS

MOVES, DROPS = 40, 12
FOLLOWING, ROW = 57, 26
LONGEST = 45.0  # seconds of dragging, however busy the machine is
FEEDBACK_MS, FRAME_MS, SETTLED_MS = 100, 16, 500
DAY = 30
_WATCH = """() => {
  window.frames_ = [];
  addEventListener('pointermove', event => {
    if (!event.buttons) return;
    const from = event.timeStamp;
    requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => window.frames_.push(performance.now() - from);
      painted.port2.postMessage(0);
    });
  }, { capture: true });
}"""


def main() -> list[Figure]:
    """The 95th percentile of each, for a bar that fifty rows wait for."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        plan = long_plan.made(Path(folder))
        with demo.serving(Path(folder)) as server, sync_playwright() as player:
            home = f"http://127.0.0.1:{server.port}"
            browser = player.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            cookie = plan.browser.get_cookie(plan.app.config["SESSION_COOKIE_NAME"])
            page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": home}])  # type: ignore[union-attr]
            page.goto(f"{home}/projects/{plan.project}/roadmap?zoom=day")
            page.wait_for_selector("[data-editing]", state="attached")
            scroller = page.locator("[data-gantt-scroll]")
            scroller.evaluate("(box, top) => { box.scrollTop = top; }", (TASKS - FOLLOWING) * ROW)
            page.evaluate(_WATCH)
            figures = _figures(page, plan.ids[-FOLLOWING])
            browser.close()
    return figures


def _figures(page: Page, id: int) -> list[Figure]:
    browser = page.context.new_cdp_session(page)
    browser.send("Performance.enable", {"timeDomain": "threadTicks"})
    begun = time.perf_counter()
    ways = (way for way in (DAY, -DAY) * (DROPS // 2) if time.perf_counter() - begun < LONGEST)
    busy = [_drag(page, browser, id, way) for way in ways]
    moved = [float(each) for each in page.evaluate("frames_")]
    settled = [
        float(each) for each in page.evaluate("performance.getEntriesByName('gantt:settled').map(e => e.duration)")
    ]
    name = f"Drag in {TASKS:,} rows"
    return [
        Figure(f"{name}: the page's work a movement, p95 (processor)", percentile(busy, 95), "ms", FRAME_MS),
        Figure(f"{name}: pointer to frame, p95 of {len(moved)} (wall)", percentile(moved, 95), "ms", FEEDBACK_MS),
        Figure(f"{name}: drop to settled, p95 of {len(settled)} (wall)", percentile(settled, 95), "ms", SETTLED_MS),
    ]


def _drag(page: Page, browser: CDPSession, id: int, pixels: int) -> float:
    """Drag a bar a day on, slowly, and wait until the answer is drawn; milliseconds of processor a movement took."""
    bar = page.locator(f'.gc__b a[data-id="{id}"]')
    bar.evaluate("bar => bar.scrollIntoView({ block: 'center', inline: 'center' })")
    box = bar.bounding_box()
    if box is None:
        raise RuntimeError("The chart shows no bar to drag.")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    known = page.evaluate("performance.getEntriesByName('gantt:settled').length")
    page.mouse.move(x, y)
    page.mouse.down()
    before = _worked(browser)
    page.mouse.move(x + pixels, y, steps=MOVES)
    took = (_worked(browser) - before) / MOVES
    page.mouse.up()
    page.wait_for_function("known => performance.getEntriesByName('gantt:settled').length > known", arg=known)
    page.wait_for_timeout(300)
    return took


def _worked(browser: CDPSession) -> float:
    """Milliseconds of processor that the page's main thread has used: script, layout, paint."""
    found = {each["name"]: each["value"] for each in browser.send("Performance.getMetrics")["metrics"]}
    return float(found["TaskDuration"]) * 1000


if __name__ == "__main__":
    run(main)
