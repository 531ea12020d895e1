"""The few things that are not Python packages: is each here, can it be installed, and what to say if not."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_SMALLEST_PROGRAM = 4096  # bytes; what is smaller is a script
_LIBRARY_FOLDERS = ("", "/opt/homebrew/lib/", "/usr/local/lib/")


@dataclass(frozen=True)
class Tool:
    """One thing from outside Python, and how people get it."""

    name: str
    why: str
    found: Callable[[], bool]
    apt: tuple[str, ...]
    elsewhere: str


def has_library(linux: str, macos: str) -> bool:
    """Say whether a shared library can be loaded, under its name on Linux or on macOS."""
    names = [folder + macos for folder in _LIBRARY_FOLDERS] if sys.platform == "darwin" else [linux]
    return any(_loads(name) for name in names)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_pango() -> bool:
    """Say whether PDF reports can be drawn."""
    return (
        has_library("libpango-1.0.so.0", "libpango-1.0.dylib")
        and has_library("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib")
        and has_library("libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib")
    )


def find_chromium() -> Path | None:
    """Return a Chromium or Chrome of this machine, or the one that Playwright installed; none if there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    mac = "/Applications/{0}.app/Contents/MacOS/{0}"
    candidates = [shutil.which(name) for name in names] + [mac.format(app) for app in ("Chromium", "Google Chrome")]
    present = [Path(path) for path in candidates if path and Path(path).exists() and not _is_snap(Path(path))]
    return next(iter(present + _playwright_browsers()), None)


def _is_snap(path: Path) -> bool:
    """Ubuntu's chromium-browser is a script that needs a running snap service and cannot be driven by tests."""
    return "/snap/" in str(path.resolve()) or (
        path.name == "chromium-browser" and path.stat().st_size < _SMALLEST_PROGRAM
    )


def _playwright_browsers() -> list[Path]:
    home = Path.home()
    default = home / ("Library/Caches/ms-playwright" if sys.platform == "darwin" else ".cache/ms-playwright")
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", default))
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium")
    return sorted(path for pattern in patterns for path in folder.glob(pattern))


def find_postgres() -> Path | None:
    """Return the folder with initdb, pg_ctl and postgres, the newest first; none if there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major_version, reverse=True)
    homebrew = sorted(Path("/opt/homebrew/opt").glob("postgresql@*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    beside = [Path(on_path).resolve().parent] if on_path else []
    folders = [*debian, *homebrew, *beside]
    return next((folder for folder in folders if _has_server(folder)), None)


def _major_version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _has_server(folder: Path) -> bool:
    return all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres"))


PANGO = Tool(
    name="Pango",
    why="PDF reports",
    found=has_pango,
    apt=("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    elsewhere="macOS: brew install pango",
)
CHROMIUM = Tool(
    name="Chromium",
    why="browser tests",
    found=lambda: find_chromium() is not None,
    apt=("chromium",),
    elsewhere="macOS, Ubuntu, others: .venv/bin/playwright install --with-deps chromium",
)
POSTGRES = Tool(
    name="PostgreSQL's programs",
    why="tests on PostgreSQL",
    found=lambda: find_postgres() is not None,
    apt=("postgresql",),
    elsewhere="macOS: brew install postgresql@17",
)
FOR_RUNNING: tuple[Tool, ...] = (PANGO,)
FOR_TESTS: tuple[Tool, ...] = (CHROMIUM, POSTGRES)


def can_apt() -> bool:
    """Say whether this is a Debian-like system and we may install on it."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages: Sequence[str], run: Callable[[list[str]], bool] | None = None) -> bool:
    """Install Debian packages where that is allowed; refresh the package lists only if it fails without.

    Returns whether they are installed now.
    """
    if not can_apt():
        return False
    run = run or _apt_get
    install = ["install", "--yes", "--no-install-recommends", *packages]
    return run(install) or (run(["update"]) and run(install))


def _apt_get(arguments: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    command = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", *arguments]
    return subprocess.run(command, check=False, env=environment, capture_output=True).returncode == 0


def advice(tool: Tool) -> str:
    """Return what a person has to type, and what does not work until then."""
    return (
        f"{tool.name} is missing: {tool.why} will not work until it is installed; everything else does.\n"
        f"  Debian, Ubuntu: sudo apt install {' '.join(tool.apt)}\n"
        f"  {tool.elsewhere}"
    )


def provide(tools: Iterable[Tool], say: Callable[[str], None]) -> list[Tool]:
    """Install what is missing where possible, say what to do about the rest, and return that rest."""
    missing = []
    for tool in tools:
        if tool.found():
            continue
        if can_apt():
            say(f"Installing {tool.name} (for {tool.why}): {' '.join(tool.apt)}")
        if not (apt_install(tool.apt) and tool.found()):
            say(advice(tool))
            missing.append(tool)
    return missing
