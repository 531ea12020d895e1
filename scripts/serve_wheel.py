"""Builds the wheel, installs it into an environment of its own outside the checkout, and asks it for some pages.

Shows that what people install works: that templates, static files and migrations are inside, and the command starts.
"""

import argparse
import os
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("/healthz", "/readyz", "/sign-in", "/static/css/base.css")
PATIENCE = 30.0  # seconds for the server to answer the first time


def build(folder: Path) -> Path:
    """Build the wheel into `folder` and return its path."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", folder], cwd=ROOT, check=True
    )
    return next(folder.glob("*.whl"))


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel into a new environment that borrows this one's packages; return its `roadmap`.

    Borrowed is the folder of packages only: the checkout's own path is not in it.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    uv = Path(sys.executable).with_name("uv")
    command: list[str | Path] = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--offline",
        "--no-deps",
        "--python",
        folder / "bin" / "python",
        wheel,
    ]
    subprocess.run(command, check=True)
    packages = next(folder.glob("lib/python3.*/site-packages"))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin" / "roadmap"


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        port: int = plug.getsockname()[1]
    return port


@contextmanager
def serving(command: Path, folder: Path) -> Iterator[str]:
    """Serve with the installed command from `folder`; gives the address once it answers.

    Raises:
        RuntimeError: the server ended by itself; it has said why.
        TimeoutError: it does not answer in time.
    """
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ROADMAP_", "PYTHON"))}
    environment["ROADMAP_DATA_DIR"] = str(folder / "data")
    server = subprocess.Popen([command, "serve", "--port", str(port)], cwd=folder, env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server listens."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"The server ended with status {server.returncode}.")
        try:
            status(address + "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{address} did not answer within {PATIENCE:g} seconds.")


def status(url: str) -> int:
    """Return the HTTP status of a page."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - always this machine
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def check(pages: Sequence[str] = PAGES) -> dict[str, int]:
    """Build, install, serve, and return the status of each page."""
    with tempfile.TemporaryDirectory(prefix="wheel-") as name:
        folder = Path(name)
        command = install(build(folder), folder / "venv")
        with serving(command, folder) as address:
            return {page: status(address + page) for page in pages}


def main(arguments: list[str]) -> int:
    """Print each page's status; 0 when all are 200."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", default=PAGES)
    statuses = check(parser.parse_args(arguments).pages)
    for page, code in statuses.items():
        print(f"{code} {page}")
    return int(any(code != 200 for code in statuses.values()))  # noqa: PLR2004 - the HTTP status "OK"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
