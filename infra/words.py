"""A problem's sentence in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from kernel.errors import Problem


def sentence_of(problem: Problem) -> str:
    """The translated sentence of a problem, its parameters filled in."""
    text: str = _(problem.text)
    return text % problem.params if problem.params else text
