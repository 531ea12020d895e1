"""Draws the pictures of the README anew: the demo on a fixed day, in Chromium, one file a page in docs/images/.

Example: python -m scripts.screenshots
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from scripts.system_tools import find_chromium
from web.demo.cast import DOMAIN, PASSWORD

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
TODAY = "2026-02-18"
WIDTH, HEIGHT = 1440, 900
LARGEST = 300_000
"""How many bytes a picture may have."""
PATIENCE = 180
"""Seconds until the demo has to be made and served."""
ROADMAP = "/projects/1/roadmap"
CLOSED = 3
"""How many phases of the roadmap are closed, so that the picture shows the one that is under way."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def served_demo(folder: Path) -> Iterator[str]:
    """Make the demo in a folder, serve it and give its address; it is stopped afterwards."""
    port = free_port()
    environ = {**os.environ, "ROADMAP_DATA_DIR": str(folder)}
    environ.pop("ROADMAP_DATABASE_URL", None)
    code = "import sys; from web.cli import main; sys.argv[0] = 'roadmap'; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "demo", "--today", TODAY, "--port", str(port)],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/sign-in", process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return once the address answers; raise RuntimeError when the server ended or takes too long."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"The demo ended with status {process.returncode}.")
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310  # our own server
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
        else:
            return
    raise RuntimeError("The demo did not answer in time.")


def sign_in(page: Page, address: str, person: str = "maren") -> None:
    """Sign somebody of the demo in; the page is then on the portfolio."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill(f"{person}@{DOMAIN}")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def draw(page: Page, address: str) -> None:
    """Draw every picture; raise RuntimeError for a page that is not there or a picture that is too large."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    visit(page, f"{address}/projects/1")
    keep(page, "overview")
    visit(page, address + ROADMAP)
    toggles = page.eval_on_selector_all(
        "a[href*='collapsed=']", "links => links.map(link => new URL(link.href).searchParams.get('collapsed'))"
    )
    visit(page, f"{address}{ROADMAP}?collapsed={','.join(dict.fromkeys(toggles[:CLOSED]))}")
    keep(page, "roadmap")


def visit(page: Page, address: str) -> None:
    """Open a page and wait until it is quiet."""
    answer = page.goto(address, wait_until="networkidle")
    if answer is None or not answer.ok:
        raise RuntimeError(f"{address} does not answer as it should.")


def keep(page: Page, name: str) -> None:
    """Write what is seen to a file."""
    file = IMAGES / f"{name}.png"
    page.screenshot(path=file)
    size = file.stat().st_size
    if size > LARGEST:
        raise RuntimeError(f"{file.name} has {size:,} bytes; at most {LARGEST:,} are wanted.")
    print(f"{file.relative_to(ROOT)}  {size // 1000} kB")


def main() -> None:
    """Draw the pictures of the README."""
    program = find_chromium()
    if program is None:
        sys.exit("Chromium is not installed. `make dev` says how to install it.")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder, served_demo(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", color_scheme="light", reduced_motion="reduce"
        )
        sign_in(page, address)
        draw(page, address)
        page.context.clear_cookies()
        sign_in(page, address, "jonas")
        visit(page, f"{address}/crm/pipeline")
        keep(page, "pipeline")
        browser.close()


if __name__ == "__main__":
    main()
