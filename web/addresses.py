"""What stands in an address or a form: numbers of rows in their range, texts that every database can hold."""

from __future__ import annotations

from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, iter_multi_items
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

from kernel.rownumbers import LARGEST


class RowNumber(IntegerConverter):
    """A row's number; a larger one names nothing, so that the address is answered like any other that leads nowhere."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        """Keep what an address asks for, within the range."""
        super().__init__(map, *args, **({"max": LARGEST} | options))

    def to_python(self, value: str) -> int:
        """The number. Raises ValidationError, which is a page that does not exist."""
        if len(value) > len(str(LARGEST)):
            raise ValidationError
        return int(super().to_python(value))


class Word(UnicodeConverter):
    """A word of an address. NUL is in none: PostgreSQL holds no text with it."""

    def to_python(self, value: str) -> str:
        """The word. Raises ValidationError, which is a page that does not exist."""
        if "\0" in value:
            raise ValidationError
        return value


class Sent(ImmutableMultiDict[str, Any]):
    """What stands behind the question mark or in a form, and the names of files, without NUL."""

    def __init__(self, mapping: Any = None) -> None:
        """Keep what was sent; nobody types NUL, so nobody misses it."""
        pairs = iter_multi_items(mapping) if mapping is not None else ()
        super().__init__([(_held(key), _held(value)) for key, value in pairs])


def _held(value: Any) -> Any:
    if isinstance(value, FileStorage):
        value.filename = _held(value.filename)
    return value.replace("\0", "") if isinstance(value, str) else value


class TextRequest(Request):
    """A request whose texts every database can hold."""

    parameter_storage_class = Sent


def register(app: Flask) -> None:
    """Let ``<int:…>`` of every route mean a row's number, and texts be texts; called before the routes are there."""
    app.url_map.converters |= {"int": RowNumber, "default": Word, "string": Word}
    app.request_class = TextRequest
