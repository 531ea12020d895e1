"""`roadmap doctor`: what is missing or unsafe, and how to mend it."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import click
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from accounts.access.models import Membership
from infra import keys, migrate
from infra.audit.models import AuditEntry
from infra.backup import queries as backups
from infra.command import format_option, print_data, with_app
from infra.database import db
from infra.mail import queries as mail
from infra.wires import wires
from kernel.actor import INSTANCE
from web.places import place
from web.settings import Settings

PANGO = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 (macOS: brew install pango)"
PUT_BACK = "Put the key under which they were sealed back into ROADMAP_ENCRYPTION_KEYS."
ROTATE = "Run roadmap keys rotate before you take the older key away."
TAKE_AWAY = "Keep only the first of ROADMAP_ENCRYPTION_KEYS, and the others with backups that they seal."
SET_KEYS = "Set ROADMAP_ENCRYPTION_KEYS on a server, to a key that is kept elsewhere."
SET_CLOCK = "Set the clock (NTP). Codes of second factors count again once it has passed the time it showed before."
CLOCK_SLACK = timedelta(minutes=5)
LITTLE_SPACE = 500 * 1024 * 1024


class Level(StrEnum):
    """How bad it is: fine, worth knowing, or in the way."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was found, and what mends it."""

    check: str
    level: Level
    found: str
    mend: str = ""


Check = Callable[[Settings], Iterator[Finding]]


def check_python(_settings: Settings) -> Iterator[Finding]:
    """The interpreter is one that we test with."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    fits = (3, 11) <= sys.version_info[:2] <= (3, 14)
    yield Finding(
        "python", Level.OK if fits else Level.WARN, f"Python {version}", "" if fits else "Use Python 3.11 to 3.14."
    )


def check_pdf(_settings: Settings) -> Iterator[Finding]:
    """The libraries that draw PDFs can be loaded, and the bundled font is there."""
    try:
        import weasyprint  # noqa: PLC0415  # fails where Pango is missing: that is what is checked

        yield Finding("pdf", Level.OK, f"WeasyPrint {weasyprint.__version__} with Pango")
    except OSError as error:
        mend = f"Install Pango: {PANGO}."
        yield Finding("pdf", Level.FAIL, f"Pango can't be loaded: {error}", mend)
    fonts = list(place("static").glob("fonts/**/*.woff2"))
    if fonts:
        yield Finding("font", Level.OK, f"{len(fonts)} font files")
    else:
        yield Finding("font", Level.FAIL, "The bundled font is missing.", "Run python scripts/vendor.py.")


def check_database(_settings: Settings) -> Iterator[Finding]:
    """The database is reachable, migrated, and somebody can administrate."""
    try:
        at, wanted = migrate.current(db.engine), migrate.newest(place("migrations"))
    except SQLAlchemyError as error:
        yield Finding("database", Level.FAIL, f"Can't be reached: {error}", "Check ROADMAP_DATABASE_URL.")
        return
    if at != wanted:
        yield Finding("database", Level.FAIL, f"At {at or 'nothing'}, the code wants {wanted}.", "Run roadmap upgrade.")
        return
    yield Finding("database", Level.OK, f"{db.engine.dialect.name}, schema {at}")
    administrators = db.session.scalar(
        select(func.count()).where(Membership.role == "administrator", Membership.scope == INSTANCE)
    )
    if not administrators:
        yield Finding(
            "administrator", Level.WARN, "Nobody can administrate.", "Run roadmap user add EMAIL --role administrator."
        )


def check_integrity(_settings: Settings) -> Iterator[Finding]:
    """The file of the database is sound; reads all of it, which takes seconds for a large one."""
    if db.engine.dialect.name == "sqlite":
        sound = db.session.scalar(text("PRAGMA quick_check(1)")) == "ok"
        mend = "" if sound else "Restore a backup."
        yield Finding("integrity", Level.OK if sound else Level.FAIL, "SQLite's quick check", mend)


def check_data_dir(settings: Settings) -> Iterator[Finding]:
    """The data folder can be written, is not open to others, and has space."""
    folder = settings.data_dir
    if not os.access(folder if folder.exists() else folder.parent, os.W_OK):
        yield Finding(
            "data folder", Level.FAIL, f"{folder} can't be written.", "Set ROADMAP_DATA_DIR to a folder you own."
        )
        return
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
    level = Level.WARN if free < LITTLE_SPACE else Level.OK
    yield Finding(
        "disk",
        level,
        f"{free // 1024**2:,} MB free",
        "Make room; a full disk refuses writes." if level is Level.WARN else "",
    )
    for kept in ("secret_key", "encryption_key"):
        yield from _check_key_file(folder / kept)


def _check_key_file(path: Path) -> Iterator[Finding]:
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        name = path.name.replace("_", " ")
        yield Finding(name, Level.FAIL, f"{path.name} can be read by others.", f"Run chmod 600 on {path}.")


def check_keys(settings: Settings) -> Iterator[Finding]:
    """Everything that is sealed can be opened, and whether an older key is still needed for it."""
    try:
        found = keys.standing(settings.encryption_keys)
    except SQLAlchemyError:
        return
    older, lost = sum(each.older for each in found), sum(each.lost for each in found)
    if lost:
        yield Finding("encryption keys", Level.FAIL, f"{lost} sealed values open with none of the keys.", PUT_BACK)
    if older:
        yield Finding("encryption keys", Level.WARN, f"{older} values still need an older key.", ROTATE)
    elif len(settings.encryption_keys) > 1:
        yield Finding("encryption keys", Level.OK, "No value needs an older key.", TAKE_AWAY)
    elif not lost:
        yield Finding("encryption keys", Level.OK, f"{sum(each.newest for each in found)} sealed values, one key")


def check_clock(_settings: Settings) -> Iterator[Finding]:
    """The clock is not before what was written already."""
    try:
        newest = db.session.scalar(select(func.max(AuditEntry.at)))
    except SQLAlchemyError:
        return
    ahead = newest - wires().clock() if newest else timedelta()
    if ahead > CLOCK_SLACK:
        said = f"The clock is {_span(ahead)} before the newest entry of the audit trail."
        yield Finding("clock", Level.FAIL, said, SET_CLOCK)


def _span(length: timedelta) -> str:
    """A length of time in its largest unit."""
    units = ((length.days, "days"), (length.seconds // 3600, "hours"), (length.seconds // 60, "minutes"))
    return next(f"{number} {unit}" for number, unit in units if number)


def check_safety(settings: Settings) -> Iterator[Finding]:
    """What a server on a network needs."""
    if not settings.is_production:
        yield Finding(
            "environment", Level.WARN, "development", "Set ROADMAP_ENV=production on a server that others reach."
        )
    if settings.encryption_keys and (settings.data_dir / "encryption_key").exists():
        yield Finding("encryption", Level.WARN, "The encryption key lies beside the data.", SET_KEYS)
    if not settings.base_url:
        yield Finding("address", Level.WARN, "Links in mails need an address.", "Set ROADMAP_BASE_URL.")


def check_mail(settings: Settings) -> Iterator[Finding]:
    """A mail server is set, and the outbox runs dry."""
    if not settings.smtp_url:
        yield Finding(
            "mail", Level.WARN, "No mail server is set: mail waits, links are shown.", "Set ROADMAP_SMTP_URL."
        )
    try:
        outbox = mail.standing()
    except SQLAlchemyError:
        db.session.rollback()
        return
    said = f"{outbox.waiting} waiting, {outbox.given_up} given up"
    if outbox.trouble or outbox.given_up:
        yield Finding("outbox", Level.WARN, f"{said}. {outbox.trouble}".strip(), "Look at Administration, Outbox.")
    else:
        yield Finding("outbox", Level.OK, said)


def check_backups(settings: Settings) -> Iterator[Finding]:
    """There is a fresh backup, a drill showed that one comes back, and both lie elsewhere than the data."""
    try:
        safety = backups.safety(settings.backup_dir, wires().clock())
    except SQLAlchemyError:
        db.session.rollback()
        return
    if safety.backup_stale:
        found = (
            f"The last backup was made {safety.last_backup.at:%Y-%m-%d}." if safety.last_backup else "There is none."
        )
        yield Finding("backup", Level.WARN, found, "Run roadmap backup, and see that a scheduler runs.")
    elif safety.last_backup:
        yield Finding("backup", Level.OK, f"{safety.last_backup.at:%Y-%m-%d %H:%M} UTC, verified")
    if safety.last_drill and not safety.last_drill.passed:
        yield Finding(
            "drill", Level.FAIL, "The last backup can't come back.", "Run roadmap backup, then roadmap drill."
        )
    elif safety.drill_stale:
        yield Finding("drill", Level.WARN, "No backup came back on trial for 40 days.", "Run roadmap drill.")


QUICK: tuple[Check, ...] = (
    check_python,
    check_data_dir,
    check_database,
    check_clock,
    check_mail,
    check_backups,
    check_safety,
)
"""Those that a page can afford."""
CHECKS = (*QUICK, check_keys, check_pdf, check_integrity)
_MARKS = {Level.OK: "ok  ", Level.WARN: "note", Level.FAIL: "FAIL"}


@click.command()
@format_option
@with_app
def doctor(output: str) -> None:
    """Say what is missing or unsafe, and how to mend it. Exit status 1 when something is in the way.

    Example: roadmap doctor
    """
    found = findings(wires().settings)
    print_data(output, {"findings": [asdict(finding) for finding in found]}, lambda: "\n".join(map(_line, found)))
    if any(finding.level is Level.FAIL for finding in found):
        sys.exit(1)


def findings(settings: Settings, checks: Sequence[Check] = CHECKS) -> list[Finding]:
    """What the checks find now."""
    return [finding for check in checks for finding in check(settings)]


def _line(finding: Finding) -> str:
    mend = f"\n      -> {finding.mend}" if finding.mend else ""
    return f"{_MARKS[finding.level]}  {finding.check}: {finding.found}{mend}"


COMMANDS = (doctor,)
