from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import check_docs
from tests.docs import permissions
from web.settings import Settings

ROOT = Path(__file__).parents[2]
PERMISSIONS = ROOT / "docs" / "users" / "roles-and-permissions.md"
SETTINGS = ROOT / "docs" / "operators" / "settings.md"
ROW = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \| ([^|]+) \|(.*)\|$", re.MULTILINE)
PLACES = re.compile(r"/work/|/root/|/home/|/tmp/|pypi\.|npmjs|proxy\.golang")


def pages() -> list[Path]:
    return check_docs.pages_of_docs(ROOT)


def test_the_documentation_is_whole() -> None:
    assert check_docs.problems(ROOT) == []


def test_the_table_of_permissions_is_what_the_product_works_by() -> None:
    text = PERMISSIONS.read_text(encoding="utf-8")
    told = {found[1]: tuple(cell.strip() for cell in found[3].split("|")) for found in ROW.finditer(text)}
    assert told == permissions.rows()


def test_every_action_is_said_in_words() -> None:
    found = ROW.findall(PERMISSIONS.read_text(encoding="utf-8"))
    assert [action for action, meaning, _cells in found if not meaning.strip()] == []


def test_the_defaults_of_settings_are_those_of_the_code() -> None:
    text = SETTINGS.read_text(encoding="utf-8")
    defaults = {name: field.default for name, field in Settings.__dataclass_fields__.items()}
    assert f"| `ROADMAP_TIMEZONE` | `{defaults['timezone']}` |" in text
    assert f"| `ROADMAP_LOG_FORMAT` | `{defaults['log_format']}` |" in text
    assert f"| `ROADMAP_ENV` | `{defaults['environment'].value}` |" in text
    assert f"{defaults['max_upload'] // 1024**2} MB" in text


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_place_of_one_machine(page: Path) -> None:
    assert PLACES.findall(page.read_text(encoding="utf-8")) == []


def test_decisions_have_numbers_of_their_own_and_say_what_was_decided() -> None:
    files = sorted(file for file in (ROOT / "docs" / "decisions").glob("*.md") if file.name != "README.md")
    numbers = [file.name[:4] for file in files]
    assert len(set(numbers)) == len(numbers)
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert text.startswith(f"# {file.name[:4]} "), file.name
        assert "**Decided.**" in text, file.name
        assert "**Why.**" in text, file.name


def test_the_pictures_of_the_readme_are_small() -> None:
    found = sorted((ROOT / "docs" / "images").glob("*.png"))
    assert [file.name for file in found] == ["overview.png", "pipeline.png", "roadmap.png"]
    assert [file.name for file in found if file.stat().st_size > 300_000] == []
