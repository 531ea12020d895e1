"""What templates can call: the ways of writing dates and numbers, permissions, and static files by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import Flask, url_for

from infra import formats, http


def register(app: Flask) -> None:
    """Put the filters and functions where templates find them."""
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.globals.update(asset=_asset_of(app), may=http.may)
    app.jinja_env.add_extension("jinja2.ext.i18n")


def _asset_of(app: Flask) -> Callable[[str], str]:
    @cache
    def version(name: str) -> str:
        path = Path(app.static_folder or "") / name
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else ""

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=version(name))

    return asset
