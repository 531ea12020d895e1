"""What stands in an address: the numbers of rows, none larger than a row's number can be."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, ValidationError

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


def register(app: Flask) -> None:
    """Let ``<int:…>`` of every route mean a row's number; called before the routes are there."""
    app.url_map.converters["int"] = RowNumber
