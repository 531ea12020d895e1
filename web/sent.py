"""What a request sends, without the one character that no text may hold: NUL, which PostgreSQL refuses to keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Request, abort, request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict

NUL = "\0"


class CleanFields(ImmutableMultiDict[str, Any]):
    r"""Fields of a form, of an address or of files, names and values without NUL.

    >>> CleanFields([("na\0me", "Zo\0e")])
    CleanFields([('name', 'Zoe')])
    """

    def __init__(self, mapping: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        """Take over what was sent."""
        pairs = MultiDict(mapping).items(multi=True)
        super().__init__((key.replace(NUL, ""), _clean(value)) for key, value in pairs)


class CleanRequest(Request):
    """A request whose fields are clean, wherever they are read."""

    parameter_storage_class = CleanFields


def register(app: Flask) -> None:
    """Read every request so; an address that holds a NUL is that of no page."""
    app.request_class = CleanRequest

    @app.before_request
    def _no_nul_in_addresses() -> None:
        if NUL in request.path:
            abort(404)


def _clean(value: Any) -> Any:
    if isinstance(value, FileStorage):
        value.filename = value.filename and value.filename.replace(NUL, "")
        return value
    return value.replace(NUL, "") if isinstance(value, str) else value
