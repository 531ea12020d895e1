"""The card on a record's page that says what worked on it by itself, and the log's lines that belong together."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask import render_template
from markupsafe import Markup

from crm.access.rules import Access
from crm.acting import queries, rules
from crm.automation.rules.parts import DOES


def panel(kind: str, record: Any, access: Access) -> Markup:
    """The last automations that worked on a record; names of people and texts only for who sets automations up."""
    found = queries.of_record(kind, record.id)
    return Markup(  # noqa: S704  # our template
        render_template(
            "crm/automation/_panel.html",
            runs=found,
            does=DOES,
            states=rules.STATES,
            whole="automations" in access.functions(),
        )
    )


FEWEST = 3
"""So many like lines in a row, and no fewer, are told as one."""
_PLAIN = frozenset({rules.DONE, rules.PASSED, rules.TAKEN_BACK})


def together(entries: Iterable[queries.Entry]) -> list[list[queries.Entry]]:
    """The log with like neighbours in one group: the same automation in the same minute with the same outcome.

    What went wrong, or needed more than one attempt, stays a line of its own.
    """
    found: list[list[queries.Entry]] = []
    for _key, group in groupby(entries, _likeness):
        lines = list(group)
        found += [lines] if len(lines) >= FEWEST else [[each] for each in lines]
    return found


def _likeness(entry: queries.Entry) -> tuple[object, ...]:
    run = entry.run
    plain = run.state in _PLAIN and not run.error and run.tries <= 1 and not run.again
    minute = run.at.replace(second=0, microsecond=0)
    return (run.automation_id, minute, run.state, tuple(each["do"] for each in run.did), None if plain else run.id)
