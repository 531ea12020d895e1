"""What surrounds every page: navigation, breadcrumbs, theme, messages. Templates find it as ``shell``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Flask, current_app, g, get_flashed_messages, request
from flask_wtf.csrf import generate_csrf

from kernel.actor import Actor

THEMES = ("light", "dark")
_FILL = "launch90.frame"


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line of the navigation; the lines of a group that is ``folded`` open under its heading."""

    label: str
    href: str
    icon: str
    active: bool = False
    count: str | int | None = None
    group: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Toast:
    """What happened, with its undo if there is one."""

    message: str
    tone: str
    undo_url: str | None = None


@dataclass(slots=True)
class Shell:
    """The frame of a page."""

    actor: Actor | None
    theme: str
    org: str
    csrf: Callable[[], str]
    nav: list[NavItem] = field(default_factory=list)
    admin_nav: list[NavItem] = field(default_factory=list)
    project: Any = None
    projects: list[tuple[str, str]] = field(default_factory=list)
    crumbs: list[tuple[str, str | None]] = field(default_factory=list)
    toasts: list[Toast] = field(default_factory=list)
    notices: int | None = None
    ruler: Any = None
    branch: Any = None


def register(app: Flask, fill: Callable[[Shell, Actor], None]) -> None:
    """Give every template its frame, made when first asked for; ``fill`` adds the places.

    A page that says what went wrong goes without them: it must appear even when they can't be listed.
    """
    app.extensions[_FILL] = fill

    @app.context_processor
    def _frame() -> dict[str, Any]:
        return {"shell": current(), "now": g.get("now"), "today": g.get("today")}


def current() -> Shell:
    """The frame of the page being made; error pages have one even when nothing else works."""
    if "shell" not in g:
        theme = request.cookies.get("theme", "")
        g.shell = Shell(
            actor=g.get("actor"),
            theme=theme if theme in THEMES else "auto",
            org="Launch90",
            csrf=generate_csrf,
        )
        flashed = cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))
        g.shell.toasts = [_toast(category, message) for category, message in flashed]
        if g.shell.actor is not None and "problem" not in g:
            current_app.extensions[_FILL](g.shell, g.shell.actor)
    found: Shell = g.shell
    return found


def _toast(category: str, message: str) -> Toast:
    """A flashed message; its category is the tone, then the address of its undo, parted by a bar."""
    parts = category.split("|", 1)
    return Toast(message, parts[0], parts[1] if parts[1:] else None)
