"""The settings: one frozen dataclass, read from the environment here and nowhere else."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import Fernet
from platformdirs import user_data_path

from infra.mail import rules as mail
from web.proxies import BadProxy, Network, networks

MEGABYTE = 1024 * 1024
KEY_LENGTH = 32


class Environment(StrEnum):
    """Where the instance runs; production refuses what is unsafe."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SettingsError(Exception):
    """A setting that can't be used: which one, and what would be right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that an operator can set. Sizes in bytes, limits in seconds.

    ``seals_backups`` is whether a key was named: one that lies in the data folder would be lost with it.
    """

    data_dir: Path
    database_url: str
    secret_key: str = field(repr=False)
    encryption_keys: tuple[str, ...] = field(default=(), repr=False)
    environment: Environment = Environment.DEVELOPMENT
    base_url: str = ""
    hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[Network, ...] = ()
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    timezone: str = "UTC"
    log_format: str = "text"
    max_upload: int = 20 * MEGABYTE
    max_note: int = 20_000
    max_fields: int = 1_000
    max_form_text: int = 2 * MEGABYTE
    debug: bool = False
    backups: Path | None = None
    seals_backups: bool = False

    @property
    def backup_dir(self) -> Path:
        """Where backups are kept."""
        return self.backups or self.data_dir / "backups"

    @property
    def files_dir(self) -> Path:
        """Where attachments lie."""
        return self.data_dir / "files"

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The names that this server answers to; none means any, which production refuses."""
        own = urlsplit(self.base_url).hostname if self.base_url else None
        return frozenset(name for name in (own, *self.hosts) if name)

    @property
    def is_production(self) -> bool:
        """Whether unsafe settings are refused."""
        return self.environment is Environment.PRODUCTION


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from environment variables; raise SettingsError for one that can't be used."""
    data_dir = Path(environ.get("ROADMAP_DATA_DIR") or user_data_path("launch90", appauthor=False)).expanduser()
    environment = _choice(environ, "ROADMAP_ENV", Environment, Environment.DEVELOPMENT)
    settings = Settings(
        data_dir=data_dir,
        database_url=_database_url(environ, data_dir),
        secret_key=environ.get("ROADMAP_SECRET_KEY", "") or _kept_key(data_dir / "secret_key", environment, _token),
        encryption_keys=_encryption_keys(environ, data_dir, environment),
        environment=environment,
        base_url=_base_url(environ),
        hosts=_hosts(environ),
        trusted_proxies=_proxies(environ),
        smtp_url=_smtp_url(environ),
        mail_from=_mail_from(environ),
        timezone=_timezone(environ),
        log_format=environ.get("ROADMAP_LOG_FORMAT", "text"),
        debug=environ.get("FLASK_DEBUG", "") == "1",
        seals_backups=bool(environ.get("ROADMAP_ENCRYPTION_KEYS", "").strip(" ,")),
        backups=Path(environ["ROADMAP_BACKUP_DIR"]).expanduser() if environ.get("ROADMAP_BACKUP_DIR") else None,
    )
    refuse_insecure(settings)
    return settings


def refuse_insecure(settings: Settings) -> None:
    """In production raise SettingsError for a missing or weak key, or for debug; elsewhere let it pass."""
    if not settings.is_production:
        return
    if len(settings.secret_key) < KEY_LENGTH:
        raise SettingsError("ROADMAP_SECRET_KEY must be set in production, to at least 32 random characters.")
    if not settings.encryption_keys:
        raise SettingsError("ROADMAP_ENCRYPTION_KEYS must be set in production, to at least one Fernet key.")
    if not settings.allowed_hosts:
        raise SettingsError("ROADMAP_BASE_URL must be set in production, such as https://roadmap.example.org.")
    if settings.base_url and not settings.base_url.startswith("https://"):
        raise SettingsError("ROADMAP_BASE_URL must begin with https:// in production.")
    if settings.debug:
        raise SettingsError("FLASK_DEBUG must not be set in production.")


def _encryption_keys(environ: Mapping[str, str], data_dir: Path, environment: Environment) -> tuple[str, ...]:
    """The keys that were set, the newest first; outside production one that is made once."""
    named = [key.strip() for key in environ.get("ROADMAP_ENCRYPTION_KEYS", "").split(",") if key.strip()]
    for number, key in enumerate(named, start=1):
        if not _is_fernet_key(key):
            raise SettingsError(
                f"ROADMAP_ENCRYPTION_KEYS: key {number} is no Fernet key. Make one with: roadmap keys new"
            )
    kept = () if named else (_kept_key(data_dir / "encryption_key", environment, new_encryption_key),)
    return tuple(named) or tuple(key for key in kept if key)


def new_encryption_key() -> str:
    """A fresh Fernet key."""
    return Fernet.generate_key().decode("ascii")


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def _token() -> str:
    return secrets.token_urlsafe(48)


def _kept_key(path: Path, environment: Environment, make: Callable[[], str]) -> str:
    """Outside production a random key is made once and kept in the data folder, readable by its owner only."""
    if environment is Environment.PRODUCTION:
        return ""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, make())
    return path.read_text().strip()


def _write_once(path: Path, text: str) -> None:
    """Put a whole file in place; when two processes start at once the first one's stays."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _database_url(environ: Mapping[str, str], data_dir: Path) -> str:
    url = environ.get("ROADMAP_DATABASE_URL", "") or f"sqlite:///{data_dir / 'launch90.db'}"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise SettingsError("ROADMAP_DATABASE_URL must start with sqlite:/// or postgresql://.")
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _base_url(environ: Mapping[str, str]) -> str:
    url = environ.get("ROADMAP_BASE_URL", "").rstrip("/")
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise SettingsError("ROADMAP_BASE_URL must be an address such as https://roadmap.example.org.")
    return url


def _smtp_url(environ: Mapping[str, str]) -> str:
    """Checked here, so that a mail server which can't be meant stops the start; its password is never repeated."""
    url = environ.get("ROADMAP_SMTP_URL", "")
    try:
        if url:
            mail.server_of(url)
    except ValueError as error:
        raise SettingsError(
            f"ROADMAP_SMTP_URL can't be used: {error}. One looks like smtp://user:password@mail.example.org:587?starttls=1."
        ) from None
    return url


def _mail_from(environ: Mapping[str, str]) -> str:
    written = environ.get("ROADMAP_MAIL_FROM", "")
    try:
        mail.sender_of(written, "")
    except ValueError as error:
        raise SettingsError(f"ROADMAP_MAIL_FROM can't be used: {error}.") from None
    return written


def _hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Further names, beside that of the base address, without port."""
    names = tuple(name.strip().lower() for name in environ.get("ROADMAP_HOSTS", "").split(",") if name.strip())
    for name in names:
        if not re.fullmatch(r"[a-z0-9._:-]+", name) or "//" in name:
            raise SettingsError(f"ROADMAP_HOSTS: {name!r} is no host name; one looks like roadmap.example.org.")
    return names


def _proxies(environ: Mapping[str, str]) -> tuple[Network, ...]:
    try:
        return networks(environ.get("ROADMAP_TRUSTED_PROXIES", ""))
    except BadProxy as problem:
        raise SettingsError(f"ROADMAP_TRUSTED_PROXIES: {problem.message}") from None


def _timezone(environ: Mapping[str, str]) -> str:
    name = environ.get("ROADMAP_TIMEZONE", "") or "UTC"
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(f"ROADMAP_TIMEZONE is {name!r}; a name such as Europe/Brussels is needed.") from None


def _choice(environ: Mapping[str, str], name: str, kind: type[Environment], default: Environment) -> Environment:
    value = environ.get(name, "") or default.value
    try:
        return kind(value)
    except ValueError:
        raise SettingsError(f"{name} is {value!r}; it can be {', '.join(kind)}.") from None
