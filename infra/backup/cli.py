"""The commands of backups."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from infra.backup import queries, returning, service
from infra.backup.rules import About, Check, Header, Made, Progress, silent, size_of
from infra.backup.writing import here
from infra.command import format_option, person_watches, print_data, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Problem

WORD = "restore"
"""What has to be typed before anything is replaced."""
_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=_PATH, required=False)
@click.option("--verify", is_flag=True, help="Let it come back aside as well, and check everything, as a drill does.")
@format_option
@with_app
def backup(file: Path | None, output: str, *, verify: bool) -> None:
    """Write everything into one file while people work: database, files, audit trail. Never the keys.

    Without a name it goes into the folder of backups (ROADMAP_BACKUP_DIR). It is read again to the last byte before
    it gets its name, and encrypted where ROADMAP_ENCRYPTION_KEYS is set.

    Example: roadmap backup /mnt/safe/launch90.backup
    """
    with _bar("Backing up") as progress:
        made = service.back_up(actor=SYSTEM, now=wires().clock(), to=file, progress=progress)
    print_data(output, _made(made), lambda: _told(made))
    if verify:
        _drill(Path(made.name), "text", quiet=output == "json")


@click.command()
@click.argument("file", type=_PATH)
@click.option("--yes", is_flag=True, help="Replace without asking; for scripts.")
@format_option
@with_app
def restore(file: Path, output: str, *, yes: bool) -> None:
    """Put a backup in the place of what is there now. Stop the server first.

    Says first what would be replaced by what. What was there is kept as a backup of its own.

    Example: roadmap restore /mnt/safe/launch90.backup
    """
    come_back(file, output, yes=yes, undo=False)


def come_back(file: Path, output: str, *, yes: bool, undo: bool) -> None:
    """Say what would be replaced by what, ask for a word, and restore."""
    place = here()
    header, now = returning.look(place, file).header, returning.present(place.engine)
    if not yes:
        click.echo("\n".join(_comparison(now, header)), err=True)
        if click.prompt(f"Type {WORD} to replace the present data", err=True).strip().lower() != WORD:
            raise Problem("backup.not_confirmed", "Nothing was changed.")
    with _bar("Restoring") as progress:
        checks, kept = service.restore(file, actor=SYSTEM, now=wires().clock(), undo=undo, progress=progress)
    data = {"restored": str(file), "kept": kept.name if kept else None, "checks": [asdict(check) for check in checks]}
    print_data(output, data, lambda: "\n".join([f"Restored {file}.", *_lines(checks), *_kept(kept)]))


@click.command()
@click.argument("file", type=_PATH, required=False)
@format_option
@with_app
def drill(file: Path | None, output: str) -> None:
    """Let the newest backup, or the one named, come back beside the data in use, and check everything.

    Nothing is replaced. Exit status 1 when the backup can't come back whole.

    Example: roadmap drill
    """
    _drill(file, output)


def _drill(file: Path | None, output: str, *, quiet: bool = False) -> None:
    path = file or queries.newest_file(here().folder)
    if path is None:
        raise NotFound("There is no backup yet. Make one first: roadmap backup.")
    with _bar("Drill") as progress:
        checks = service.drill(actor=SYSTEM, now=wires().clock(), file=path, progress=progress)
    passed = all(check.passed for check in checks)
    if not quiet:
        data = {"file": str(path), "passed": passed, "checks": [asdict(check) for check in checks]}
        print_data(output, data, lambda: "\n".join([f"Drill with {path}", *_lines(checks)]))
    if not passed:
        raise click.ClickException("This backup can't come back whole. Make another one: roadmap backup.")


def _made(made: Made) -> dict[str, object]:
    header = made.header
    return {
        "file": made.name,
        "size": made.size,
        "rows": made.rows,
        "files": made.files,
        "missing_files": list(made.manifest.missing),
        "encrypted": made.encrypted,
        "verified": True,
        "schema": header.schema,
        "made_at": header.made_at,
        "head": made.manifest.head,
    }


def _told(made: Made) -> str:
    lines = [f"{made.name}", f"{size_of(made.size)}, {made.rows:,} rows, {made.files:,} files, read again and sound."]
    if not made.encrypted:
        lines.append("Not encrypted: set ROADMAP_ENCRYPTION_KEYS, and keep the keys in another place.")
    if made.manifest.missing:
        lines.append(f"{len(made.manifest.missing)} files were missing on the disk; the rest is saved.")
    return "\n".join(lines)


def _comparison(now: About | None, header: Header) -> Iterator[str]:
    yield f"present: {_said(now)}" if now else "present: an empty database"
    yield f"backup:  {_said(header.about)}; made {header.made_at} by Launch90 {header.product} on {header.database}"


def _said(about: About) -> str:
    return f"{about.projects} projects, {about.people} people, newest entry of the trail {about.newest_entry or 'none'}"


def _lines(checks: Sequence[Check]) -> list[str]:
    return [f"{'ok  ' if check.passed else 'FAIL'}  {check.said}" for check in checks]


def _kept(kept: Made | None) -> list[str]:
    return [f"What was there before: {kept.name}"] if kept else []


@contextmanager
def _bar(label: str) -> Iterator[Progress]:
    """A bar on a terminal, nothing elsewhere."""
    if not person_watches():
        yield silent
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = max(of, 1)
            bar.update(done - bar.pos)

        yield progress


COMMANDS = (backup, restore, drill)
