"""What templates can call: the ways of writing dates and numbers, permissions, and static files by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import quote

import flask_babel
from flask import Flask, request
from markupsafe import Markup, escape

from infra import formats, http
from kernel.wording import OwnWords

TEXTS_KEPT = 8192


def register(app: Flask) -> None:
    """Put the filters and functions where templates find them."""
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.globals.update(asset=_asset_of(app), may=http.may, _=said, gettext=said, ngettext=said_of_many)


def said(message: str, /, **values: object) -> Markup:
    """A text in the reader's language with its values filled in, escaped.

    A page of a hundred rows says a thousand words: each is looked up and made ready once a language, not each time.
    Words that people typed are neither looked up nor trusted.
    """
    if isinstance(message, OwnWords):
        return escape(message)
    if values:
        return _pattern(formats.language(), str(message)) % values
    return _whole(formats.language(), str(message))


def said_of_many(singular: str, plural: str, num: int, /, **values: object) -> Markup:
    """The same in the form that the number asks for; the text may name it as ``num``."""
    text = flask_babel.get_translations().ungettext(singular, plural, num)
    return Markup(text) % {"num": num, **values}  # noqa: S704  # our own texts; values are escaped when filled in


@lru_cache(TEXTS_KEPT)
def _whole(language: str, message: str) -> Markup:
    return _pattern(language, message) % {}


@lru_cache(TEXTS_KEPT)
def _pattern(_language: str, message: str) -> Markup:
    return Markup(flask_babel.gettext(message))  # noqa: S704  # our own texts; values are escaped when filled in


def _asset_of(app: Flask) -> Callable[[str], str]:
    @cache
    def version(name: str) -> str:
        path = Path(app.static_folder or "") / name
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else ""

    @cache
    def address(root: str, name: str) -> str:
        return f"{root}{app.static_url_path}/{quote(name)}?v={version(name)}"

    def asset(name: str) -> str:
        return address(request.script_root, name)

    return asset
