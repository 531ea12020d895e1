"""What all commands share: an application to work in, data on stdout, problems on stderr with the promised status."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from infra.trouble import trouble_of
from kernel.errors import NotFound, Problem

_NO_TABLE = ("no such table", "UndefinedTable", "does not exist")
"""How SQLite and PostgreSQL say that a table is not there."""

NOTHING = "There is no such number or name here. `roadmap project list` shows the projects."
"""What a command says where a page would say that it is not there."""

P = ParamSpec("P")
R = TypeVar("R")

format_option = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print: for people, or JSON for scripts.",
)


def with_app(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command inside the application, with a person's sentence for what goes wrong.

    The shell puts a function that makes the application on the click context; nothing starts before it is needed.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        make = cast("Callable[[], Flask]", click.get_current_context().find_root().obj)
        try:
            with make().app_context():
                return command(*args, **kwargs)
        except Problem as problem:
            bare = problem.message == NotFound().message
            raise click.ClickException(NOTHING if bare else problem.message) from problem
        except (OperationalError, ProgrammingError) as error:
            if _lacks_tables(error):
                raise click.ClickException("The database has no tables yet. Run roadmap init first.") from error
            raise _said(error) from error
        except (DBAPIError, OSError) as error:
            raise _said(error) from error

    return run


def _said(error: Exception) -> Exception:
    """A sentence where the database or the disk refuses; any other error as it is."""
    trouble = trouble_of(error)
    return click.ClickException(f"{trouble[1]} ({getattr(error, 'orig', error)})") if trouble else error


def _lacks_tables(error: DBAPIError) -> bool:
    return any(words in str(error.orig) for words in _NO_TABLE)


def print_data(output: str, data: Any, text: Callable[[], str]) -> None:
    """Print data as JSON, or as the text made for people."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2) if output == "json" else text())


def table(rows: list[list[str]], heads: list[str]) -> str:
    """Rows under their heads, in columns as wide as they need.

    >>> print(table([["1", "Europe"]], ["id", "name"]))
    id  name
    1   Europe
    """
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [heads, *rows]
    )
    return "\n".join(lines)


def person_watches() -> bool:
    """Whether stderr is a terminal, so that a progress bar is worth drawing."""
    return sys.stderr.isatty()
