"""The visual language keeps its promises: macros, tokens, icons, vendored files, pages that need nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from scripts import vendor

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "templates"
MACROS = sorted((TEMPLATES / "_components").glob("*.html"))
FRAME = {"base.html", "_layouts", "dev"}


def block(css: str, start: str) -> str:
    """The declarations of the first block that starts with these words."""
    return css.split(start, 1)[1].split("}", 1)[0].strip()


@pytest.mark.parametrize("path", MACROS, ids=lambda path: path.stem)
def test_a_file_holds_one_macro_of_its_name_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"{% macro (\w+)\(", text) == [path.stem]
    assert re.match(r"{#- " + path.stem + r"\(.*?\): \w.*? -#}\n", text, re.DOTALL)


def test_every_macro_is_used_by_the_components_page_or_its_frame() -> None:
    pages = [path for path in TEMPLATES.rglob("*.html") if FRAME & set(path.relative_to(TEMPLATES).parts)]
    texts = {path: path.read_text(encoding="utf-8") for path in [*pages, *MACROS]}
    imported = {
        name for path, text in texts.items() for name in re.findall(r" import (\w+)", text) if path.stem != name
    }
    assert {path.stem for path in MACROS} - imported == set()


LETTER = "mail.html"
"""The frame of an e-mail: no page, and no content policy reaches it; mail programs know no other style sheets."""


ACCESS_FILE = Path("desk") / "privacy" / "file.html"
"""What a person takes away of what is held of them: it stands by itself, far from our style sheets."""


def test_templates_have_no_inline_style_or_script() -> None:
    forbidden = re.compile(r"""\sstyle\s*=|\son\w+\s*=\s*["']|<style|<script(?![^>]*src=)|javascript:""")
    apart = {TEMPLATES / "shared" / LETTER, TEMPLATES / ACCESS_FILE}
    pages = [path for path in TEMPLATES.rglob("*.html") if path not in apart]
    assert [path.name for path in pages if forbidden.search(path.read_text(encoding="utf-8"))] == []


def test_the_frame_of_an_e_mail_holds_its_style_but_no_script() -> None:
    text = (TEMPLATES / "shared" / LETTER).read_text(encoding="utf-8")
    assert "<style" in text
    assert not re.search(r"<script|\son\w+\s*=|javascript:|<link", text)


def test_the_dark_theme_is_the_same_whether_chosen_or_asked_for_by_the_system() -> None:
    css = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    assert block(css, '[data-theme="dark"] {') == block(css, '[data-theme="auto"] {')


def test_both_themes_name_the_same_tokens() -> None:
    css = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    names = [
        re.findall(r"(--[\w-]+):", block(css, start)) for start in ('[data-theme="light"] {', '[data-theme="dark"] {')
    ]
    assert names[0] == names[1]


def test_styles_use_only_tokens_that_exist() -> None:
    sheets = list((ROOT / "static" / "css").rglob("*.css"))
    text = "".join(path.read_text(encoding="utf-8") for path in sheets)
    assert set(re.findall(r"var\((--[\w-]+)\)", text)) - set(re.findall(r"(--[\w-]+):", text)) == set()


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static" / "icons.svg").read_text(encoding="utf-8")))
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"""\b(?:icon|draw)\(["']([\w-]+)["']""", path.read_text(encoding="utf-8"))
    }
    assert named - sprite == set()


def test_vendored_files_are_what_the_manifest_says() -> None:
    assert vendor.faults(vendor.read_manifest()) == []


def test_a_changed_vendored_file_is_named(tmp_path: Path) -> None:
    package = vendor.Package("x", "1", "", (vendor.Vendored("a", "gone.js", ""), vendor.Vendored("b", "here.js", "0")))
    (tmp_path / "here.js").write_text("changed", encoding="utf-8")
    found = vendor.faults([package], tmp_path)
    assert [fault.split(":")[0] for fault in found] == ["gone.js", "here.js"]


def test_the_components_page_shows_both_themes(client: FlaskClient) -> None:
    page = client.get("/dev/components")
    assert page.status_code == 200
    assert b'data-theme="light"' in page.data
    assert b'data-theme="dark"' in page.data


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("", "auto"), ('"><x', "auto")])
def test_the_theme_comes_from_the_cookie(client: FlaskClient, cookie: str, theme: str) -> None:
    client.set_cookie("theme", cookie)
    assert f'<html lang="en" data-theme="{theme}">' in client.get("/dev/components").text


def test_there_is_no_components_page_in_production(make_app: Callable[..., Flask]) -> None:
    app = make_app(
        ROADMAP_ENV="production",
        ROADMAP_ENCRYPTION_KEYS="A" * 43 + "=",
        ROADMAP_BASE_URL="https://crm.example",
        ROADMAP_SMTP_URL="smtp://mail.example",
    )
    assert "dev.components" not in app.view_functions


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 429, 500, 503])
def test_an_error_page_needs_only_its_sentence(app: Flask, status: int) -> None:
    with app.test_request_context("/"):
        page = render_template(f"errors/{status}.html", sentence="What <b>is</b> wrong.", request_id="r-1")
    assert "What &lt;b&gt;is&lt;/b&gt; wrong." in page
    assert f">{status}<" in page


def test_hostile_text_stays_text_in_every_field(app: Flask) -> None:
    hostile = '"><script>alert(1)</script>{{ 7*7 }}\u202eabc'
    calls = [
        ("field_text", "macro('a', h, h, hint=h, error=h)"),
        ("field_textarea", "macro('a', h, h, hint=h, error=h)"),
        ("field_select", "macro('a', h, [(h, h)], h)"),
        ("field_radios", "macro('a', h, [(h, h, h)], h)"),
        ("tick", "macro('/t', true, h, reason=h, fields={'v': h})"),
        ("toast", "macro(h, undo_url='/u')"),
        ("card", "macro(h, h)"),
    ]
    with app.test_request_context("/"):
        for name, call in calls:
            source = f"{{% from '_components/{name}.html' import {name} as macro %}}"
            source += "{% call macro(h, h) %}{{ h }}{% endcall %}" if name == "card" else f"{{{{ {call} }}}}"
            rendered = app.jinja_env.from_string(source).render(h=hostile)
            assert "<script" not in rendered, name
            assert "49" not in rendered, name
