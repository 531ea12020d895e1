"""Fetch the third-party files of the browser side, or check the committed ones against their checksums.

`python scripts/vendor.py` packs each package with npm (which knows where its registry is), compares the archive with
the checksum in static/vendor/manifest.json and unpacks the files named there. `--check` compares the committed files
only and needs no network.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "static" / "vendor" / "manifest.json"


@dataclass(frozen=True)
class Vendored:
    """One file: where it lies in the archive, where it belongs here, its SHA-256."""

    member: str
    target: str
    sha256: str


@dataclass(frozen=True)
class Package:
    """One npm package at one version, the SHA-256 of its archive and the files taken from it."""

    name: str
    version: str
    sha256: str
    files: tuple[Vendored, ...]


def read_manifest(path: Path = MANIFEST) -> list[Package]:
    """Read the manifest; raises ValueError or KeyError when it is not in the expected form."""
    packages = json.loads(path.read_text(encoding="utf-8"))["packages"]
    return [
        Package(p["name"], p["version"], p["sha256"], tuple(Vendored(**file) for file in p["files"])) for p in packages
    ]


def faults(packages: list[Package], root: Path = ROOT) -> list[str]:
    """Name every committed file that is missing or differs from its checksum."""
    return [fault for package in packages for file in package.files if (fault := _fault(file, root))]


def fetch(package: Package, root: Path = ROOT) -> None:
    """Fetch one package and write its files; raises ValueError when a checksum differs."""
    with tempfile.TemporaryDirectory() as folder:
        archive = _pack(package, Path(folder))
        _expect(package.sha256, archive.read_bytes(), f"the archive of {package.name} {package.version}")
        with tarfile.open(archive) as tar:
            for file in package.files:
                _unpack(tar, file, root)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns 1 when a file is missing or not what the manifest says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare the committed files, fetch nothing")
    packages = read_manifest()
    if not parser.parse_args(arguments).check:
        for package in packages:
            fetch(package)
    found = faults(packages)
    print("\n".join(found) or f"{sum(len(p.files) for p in packages)} files as the manifest says")
    return 1 if found else 0


def _fault(file: Vendored, root: Path) -> str:
    path = root / file.target
    if not path.is_file():
        return f"{file.target}: missing; run scripts/vendor.py"
    if _digest(path.read_bytes()) != file.sha256:
        return f"{file.target}: differs from its checksum in {MANIFEST.name}"
    return ""


def _pack(package: Package, folder: Path) -> Path:
    wanted = f"{package.name}@{package.version}"
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), wanted]
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def _unpack(tar: tarfile.TarFile, file: Vendored, root: Path) -> None:
    member = tar.extractfile(file.member)
    if member is None:
        raise ValueError(f"{file.member} is not a file in the archive")
    content = member.read()
    _expect(file.sha256, content, file.member)
    target = root / file.target
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _expect(sha256: str, content: bytes, what: str) -> None:
    found = _digest(content)
    if found != sha256:
        raise ValueError(f"{what} has SHA-256 {found}, the manifest says {sha256}")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
