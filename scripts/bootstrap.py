"""Installs the project into its own environment, `.venv`, and what tests need. Standard library only.

`setup` installs what running needs, `dev` also what tests and checks need. Both do nothing the second time.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from scripts import system_tools

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 14)
LOCKS = {"setup": "requirements.txt", "dev": "requirements-dev.txt"}


class SetupFailed(Exception):
    """The installation cannot go on; the message says what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)


def check_python(version: tuple[int, int]) -> None:
    """Refuse a Python that the project does not support.

    Raises:
        SetupFailed: the version is outside 3.11 to 3.14.
    """
    if not OLDEST <= version <= NEWEST:
        raise SetupFailed(
            f"This is Python {version[0]}.{version[1]}; 3.11, 3.12, 3.13 or 3.14 is needed.\n"
            "  Debian, Ubuntu: apt install python3 python3-venv     macOS: brew install python@3.13\n"
            "  Then name it, for example: make setup PYTHON=python3.13"
        )


def fingerprint(parts: Iterable[str], files: Iterable[Path]) -> str:
    """Return a digest that changes when one of `parts` or the content of one of `files` does."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    for file in files:
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


class Stamps:
    """What has been installed already, kept inside the environment so that both go together."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> dict[str, str]:
        """Return the digests by step; none where the file is missing or damaged."""
        try:
            content = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def fits(self, step: str, digest: str) -> bool:
        """Say whether `step` was last done with the same inputs."""
        return self.read().get(step) == digest

    def write(self, step: str, digest: str) -> None:
        """Note that `step` is done."""
        self.file.write_text(json.dumps({**self.read(), step: digest}, indent=1), encoding="utf-8")


class Environment:
    """The project's own virtual environment."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.stamps = Stamps(self.folder / "installed.json")
        self.uv = shutil.which("uv")

    def works(self) -> bool:
        """Say whether the environment's own Python starts and is one that the project supports."""
        if not self.python.exists():
            return False
        question = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
        return subprocess.run([self.python, "-c", question], check=False, capture_output=True).returncode == 0

    def create(self) -> None:
        """Make the environment with uv where it is at hand, else with the standard library.

        Raises:
            SetupFailed: neither works; on Debian the package python3-venv is missing then.
        """
        say(f"Creating .venv with Python {platform.python_version()}")
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.uv and _succeeds([self.uv, "venv", "--quiet", "--python", sys.executable, self.folder]):
            return
        if self._create_with_venv():
            return
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if system_tools.apt_install((package,)) and self._create_with_venv():
            return
        raise SetupFailed(
            "Python cannot make a virtual environment here.\n"
            f"  Debian, Ubuntu: sudo apt install {package}     or anywhere: install uv"
        )

    def _create_with_venv(self) -> bool:
        done = _succeeds([sys.executable, "-m", "venv", self.folder])
        return done and _succeeds([self.python, "-m", "pip", "--version"])

    def install(self, *arguments: str) -> None:
        """Install with uv where it is at hand, else with pip.

        Raises:
            SetupFailed: the packages cannot be had; the client has said why.
        """
        options: list[str | Path] = ["--quiet", "--compile-bytecode", "--python", self.python]
        if self.uv and self._run([self.uv, "pip", "install", *options, *arguments]):
            return
        quiet = ["-qq", "--disable-pip-version-check", "--no-input", "--root-user-action=ignore"]
        if self._has_pip() and self._run([self.python, "-m", "pip", "install", *quiet, *arguments]):
            return
        raise SetupFailed(
            f"Could not install: {' '.join(arguments)}\n"
            "  The lines above say why; most often it is the network or a proxy. The same command goes on from here."
        )

    def _has_pip(self) -> bool:
        return _succeeds([self.python, "-m", "pip", "--version"]) or _succeeds([self.python, "-m", "ensurepip"])

    def _run(self, command: list[str | Path]) -> bool:
        return subprocess.run(command, check=False, cwd=self.root, stdin=subprocess.DEVNULL).returncode == 0

    def make_ready(self, lock: str) -> None:
        """Install the locked requirements and the project itself, unless that is done already."""
        made_of = [str(self.folder), platform.machine()]
        packages = fingerprint(made_of, [self.root / lock])
        project = fingerprint(made_of, [self.root / name for name in ("pyproject.toml", "requirements.in")])
        if self.stamps.fits(lock, packages) and self.stamps.fits("project", project) and self.python.exists():
            return
        if not self.works():
            self.create()
        if not self.stamps.fits(lock, packages):
            say(f"Installing packages from {lock} (a minute or two the first time)")
            self.install("--require-hashes", "-r", lock)
            self.stamps.write(lock, packages)
        if not self.stamps.fits("project", project):
            self.install("--no-deps", "--no-build-isolation", "--editable", ".")
            self.stamps.write("project", project)
            say("Installed: .venv/bin/roadmap")

    def compile(self) -> None:
        """Compile the project's own modules that have changed.

        A command loads more than a thousand of them. Where Python may not keep what it compiles (containers often set
        PYTHONDONTWRITEBYTECODE, or the folder is read-only for who runs it), each start would compile them all.
        """
        packages = sorted(file.parent.name for file in self.root.glob("*/__init__.py"))
        command: list[str | Path] = [self.python, "-m", "compileall", "-qq", "-j", "0", *packages]
        subprocess.run(command, check=False, cwd=self.root, stdin=subprocess.DEVNULL)


def _succeeds(command: list[str | Path]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def lock_for(mode: str, stamps: Stamps) -> str:
    """Return the lock file to install from.

    Someone who once asked for the tests' packages keeps them: they include the others.
    """
    return LOCKS["dev"] if mode == "dev" or LOCKS["dev"] in stamps.read() else LOCKS["setup"]


def main(arguments: list[str]) -> int:
    """Run one step and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=["setup", "dev"])
    mode = parser.parse_args(arguments).mode
    environment = Environment(ROOT)
    try:
        check_python(sys.version_info[:2])
        environment.make_ready(lock_for(mode, environment.stamps))
        environment.compile()
    except SetupFailed as problem:
        print(problem, file=sys.stderr)
        return 1
    tools = system_tools.FOR_RUNNING + (system_tools.FOR_TESTS if mode == "dev" else ())
    missing = system_tools.provide(tools, say)
    return 1 if missing and mode == "dev" and os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
