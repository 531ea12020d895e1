"""A backup comes back: first aside, where everything is checked, and only for a restore into the place of what is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, cast

from sqlalchemy import select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from infra import migrate
from infra.attachments import store
from infra.audit import erasures
from infra.audit.models import AuditEntry
from infra.audit.queries import verify
from infra.backup import archive
from infra.backup.archive import Backup
from infra.backup.aside import Aside, Loader, aside
from infra.backup.rules import About, Check, Header, Manifest, Progress, damaged, silent
from infra.backup.snapshot import Snapshot, snapshot
from infra.backup.writing import Place
from kernel.errors import Problem

_LARGEST_PART = 64 * 1024 * 1024
NEWEST = "head"


def look(place: Place, path: Path) -> Backup:
    """Read a whole backup and see that this version of the product can take it back. Raises Problem."""
    found = archive.read(path, place.keys)
    _refuse_newer(place, found.header)
    return found


def present(engine: Engine) -> About | None:
    """What the database in use holds now; None when it has no tables."""
    if migrate.current(engine) is None:
        return None
    with snapshot(engine) as state:
        return state.about(state.counts())


def rehearse(place: Place, path: Path, name: str, progress: Progress = silent) -> list[Check]:
    """Let a backup come back aside, check everything, and remove it again. Raises Problem where it can't come back."""
    with aside(place.engine, place.folder, name) as beside:
        found = _fill(place, beside, path, None, progress)
        _bring_to(place, beside, found.header, NEWEST)
        return list(_checks(beside.engine, found.manifest, found.header))


def replace(
    place: Place, path: Path, now: datetime, *, schema: str = NEWEST, progress: Progress = silent
) -> list[Check]:
    """Let a backup take the place of what is, if every check passes. Raises Problem; then nothing was changed.

    ``schema`` is the revision to bring it to. Erasures made since the backup are made again.
    """
    with aside(place.engine, place.folder, "launch90_restore") as beside:
        found = _fill(place, beside, path, now, progress)
        _bring_to(place, beside, found.header, schema)
        checks = list(_checks(beside.engine, found.manifest, found.header))
        failed = [check.said for check in checks if not check.passed]
        if failed:
            raise damaged(" ".join(failed).rstrip("."))
        checks.append(_erase_again(place, beside.engine))
        beside.take_place()
    return checks


def _refuse_newer(place: Place, header: Header) -> None:
    if not migrate.knows(place.migrations, header.schema):
        raise Problem(
            "backup.newer",
            "This backup was made by Launch90 %(version)s, at schema %(schema)s, which this version does not know. "
            "Install that version or a later one, then restore.",
            version=header.product,
            schema=header.schema,
        )


def _fill(place: Place, beside: Aside, path: Path, keep: datetime | None, progress: Progress) -> Backup:
    """Load the rows; put the files into their folder if ``keep`` says when, else only compare them."""
    loading: list[Loader] = []
    done = 0

    def take(header: Header, name: str, content: IO[bytes]) -> None:
        nonlocal done
        if name.startswith(archive.FILES):
            if keep is not None:
                _keep_file(place, name.removeprefix(archive.FILES), content, keep)
            return
        if not loading:
            _refuse_newer(place, header)
            loading.append(Loader(beside.engine, place.migrations, header))
        done += loading[0].add(name.split("/")[1], content.read(_LARGEST_PART))
        progress(done, done)

    try:
        found = archive.read(path, place.keys, take)
        _only(loading).finish(found.manifest.numbers)
    except BaseException as error:
        for loader in loading:
            loader.give_up()
        if isinstance(error, SQLAlchemyError):
            raise damaged(f"its rows don't fit ({error.__class__.__name__})") from error
        raise
    return found


def _only(loading: list[Loader]) -> Loader:
    if not loading:
        raise damaged("it holds no rows")
    return loading[0]


def _keep_file(place: Place, digest: str, content: IO[bytes], now: datetime) -> None:
    stored = store.put(place.files, cast("BinaryIO", content), 1 << 40, now)
    if stored.digest != digest:
        raise damaged(f"the file {digest[:12]} is not what its name says")


def _bring_to(place: Place, beside: Aside, header: Header, schema: str) -> None:
    if schema != header.schema:
        migrate.upgrade(beside.engine, place.migrations, schema)


def _checks(engine: Engine, manifest: Manifest, header: Header) -> Iterator[Check]:
    yield _integrity(engine)
    with snapshot(engine) as state:
        yield _counted(state, manifest)
        yield _files(state, manifest)
    yield _trail(engine, manifest, header)


def _integrity(engine: Engine) -> Check:
    if engine.dialect.name != "sqlite":
        return Check("integrity", passed=True, said="Every reference holds.")
    with engine.connect() as connection:
        said = connection.scalar(text("PRAGMA integrity_check(1)"))
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    sound = said == "ok" and broken is None
    return Check("integrity", sound, "The database is sound." if sound else f"The database is broken: {said}.")


def _counted(state: Snapshot, manifest: Manifest) -> Check:
    """Later schemas may add rows of their own and rename tables; what is still there must not have fewer."""
    counts = state.counts()
    short = [name for name, rows in manifest.rows.items() if counts.get(name, rows) < rows]
    total = sum(manifest.rows.values())
    said = f"Rows are missing in {', '.join(short)}." if short else f"All {total:,} rows are there."
    return Check("rows", not short, said)


def _files(state: Snapshot, manifest: Manifest) -> Check:
    kept = {name.removeprefix(archive.FILES) for name in manifest.members if name.startswith(archive.FILES)}
    wrong = [digest for digest in kept if manifest.members[archive.FILES + digest][0] != digest]
    lost = state.digests() - kept - set(manifest.missing)
    if wrong or lost:
        return Check("files", passed=False, said=f"{len(wrong) + len(lost)} files are not what they were.")
    known = f" {len(manifest.missing)} were missing on the disk already." if manifest.missing else ""
    return Check("files", passed=True, said=f"All {len(kept):,} files are there.{known}")


def _trail(engine: Engine, manifest: Manifest, header: Header) -> Check:
    if "audit_entry" not in header.tables:
        return Check("trail", passed=True, said="There is no audit trail in it.")
    with Session(engine) as session:
        found = verify(manifest.head, session)
    said = f"The trail's {found.sealed:,} sealed entries verify." if found.sound else "The trail was altered."
    return Check("trail", found.sound, said)


def _erase_again(place: Place, engine: Engine) -> Check:
    with Session(engine) as session:
        known = erasures.listed(place.files.parent)
        count = erasures.apply(session, known) if known and session.scalar(select(AuditEntry.id).limit(1)) else 0
        session.commit()
    return Check("erasures", passed=True, said=f"{count} erasures were made again.")
