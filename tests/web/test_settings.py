"""Settings: what can't be used is refused by name, with what would be right."""

import stat
from pathlib import Path

import pytest

from web.settings import Environment, SettingsError, read

KEYS = {"ROADMAP_SECRET_KEY": "k" * 40, "ROADMAP_ENCRYPTION_KEYS": "x" * 43 + "="}
HERE = {"ROADMAP_BASE_URL": "https://roadmap.example.org"}


@pytest.mark.parametrize(("environ", "named"), [
    ({"ROADMAP_DATABASE_URL": "mysql://x"}, "ROADMAP_DATABASE_URL"),
    ({"ROADMAP_TIMEZONE": "Mars/Olympus"}, "ROADMAP_TIMEZONE"),
    ({"ROADMAP_TIMEZONE": "Europe"}, "ROADMAP_TIMEZONE"),
    ({"ROADMAP_TIMEZONE": "../../etc/passwd"}, "ROADMAP_TIMEZONE"),
    ({"ROADMAP_BASE_URL": "ftp://x"}, "ROADMAP_BASE_URL"),
    ({"ROADMAP_ENV": "staging"}, "ROADMAP_ENV"),
    ({"ROADMAP_ENV": "production"}, "ROADMAP_SECRET_KEY"),
    ({"ROADMAP_ENV": "production", "ROADMAP_SECRET_KEY": "short"}, "ROADMAP_SECRET_KEY"),
    ({"ROADMAP_ENV": "production", "ROADMAP_SECRET_KEY": "k" * 40}, "ROADMAP_ENCRYPTION_KEYS"),
    ({"ROADMAP_ENV": "production", **KEYS, **HERE, "FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
    ({"ROADMAP_ENV": "production", **KEYS}, "ROADMAP_BASE_URL"),
    ({"ROADMAP_ENV": "production", **KEYS, "ROADMAP_BASE_URL": "http://roadmap.example.org"}, "https://"),
    ({"ROADMAP_HOSTS": "https://roadmap.example.org"}, "ROADMAP_HOSTS"),
    ({"ROADMAP_HOSTS": "a b"}, "ROADMAP_HOSTS"),
    ({"ROADMAP_TRUSTED_PROXIES": "proxy.local"}, "ROADMAP_TRUSTED_PROXIES"),
    ({"ROADMAP_TRUSTED_PROXIES": "10.0.0.1/8"}, "ROADMAP_TRUSTED_PROXIES"),
])  # fmt: skip
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, environ: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        read({"ROADMAP_DATA_DIR": str(tmp_path), **environ})


def test_production_starts_with_keys(tmp_path: Path) -> None:
    settings = read({"ROADMAP_DATA_DIR": str(tmp_path), "ROADMAP_ENV": "production", **KEYS, **HERE})
    assert settings.environment is Environment.PRODUCTION


def test_outside_production_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = read({"ROADMAP_DATA_DIR": str(tmp_path)})
    second = read({"ROADMAP_DATA_DIR": str(tmp_path)})
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 40
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    shown = repr(read({"ROADMAP_DATA_DIR": str(tmp_path), **KEYS, "ROADMAP_SMTP_URL": "smtp://me:secret@host"}))
    assert "secret@" not in shown
    assert KEYS["ROADMAP_SECRET_KEY"] not in shown


def test_postgresql_is_spoken_to_by_psycopg_3(tmp_path: Path) -> None:
    settings = read({"ROADMAP_DATA_DIR": str(tmp_path), "ROADMAP_DATABASE_URL": "postgresql://u@h/d"})
    assert settings.database_url == "postgresql+psycopg://u@h/d"
