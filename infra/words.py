"""A problem's sentence in the reader's language."""

from __future__ import annotations

from datetime import datetime

from flask import g
from flask_babel import format_datetime
from flask_babel import gettext as _

from kernel.errors import Problem


def sentence_of(problem: Problem) -> str:
    """The translated sentence of a problem, its parameters filled in; an instant is told in the reader's zone."""
    text: str = _(problem.text)
    return text % {name: _said(value) for name, value in problem.params.items()} if problem.params else text


def _said(value: object) -> object:
    if not isinstance(value, datetime) or value.tzinfo is None:
        return value
    return format_datetime(value.astimezone(g.zone) if "zone" in g else value, "HH:mm", rebase=False)
