"""A text without accents, in small letters, as the database compares it: SQLite asks Python, PostgreSQL knows how."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class folded(FunctionElement[str]):  # noqa: N801  # it is used like a function of SQL
    """A text without accents, in small letters, as ``kernel.folding.folded`` makes it."""

    type = String()
    name = "folded"
    inherit_cache = True


@compiles(folded)
def _by_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    plain = rf"regexp_replace(normalize({text}, NFKD), '[\u0300-\u036f]', '', 'g')"
    return f"replace(lower({plain}), 'ß', 'ss')"


@compiles(folded, "sqlite")
def _by_python(element: Any, compiler: Any, **options: Any) -> str:
    return f"folded({compiler.process(element.clauses, **options)})"
