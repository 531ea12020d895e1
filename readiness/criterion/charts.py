"""A criterion in words, and its way as a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from infra import formats
from readiness.criterion.queries import Found, Kept
from readiness.evidence.queries import SOURCES
from readiness.gates import charts as of_gates
from readiness.gates.charts import threshold_words
from readiness.gates.rules.definitions import PERCENT, Criterion
from readiness.gates.rules.results import Line, Result, Unknown
from readiness.waivers.rules import State

TONES = of_gates.RESULT_TONES
_WIDTH, _TOP, _BOTTOM = 96, 3, 21
result_words, value_words = of_gates.result_words, of_gates.value_words


def source_words(asked: Criterion) -> str:
    """What the source is called, and what it is asked about."""
    source = SOURCES.get(asked.source)
    label = _(source.label) if source else asked.source
    return f"{label}: {asked.subject}" if asked.subject else label


def sentence(found: Found) -> str:
    """What the reader came for: how it stands, against what, and what that means for the gate."""
    line, asked = found.line, found.criterion
    needs, value = threshold_words(asked), value_words(asked, line.evidence.value)
    said = {
        Result.PASS: _("It passes: %(value)s, asked is %(needs)s.", value=value, needs=needs),
        Result.WARN: _("It passes narrowly: %(value)s, asked is %(needs)s.", value=value, needs=needs),
        Result.FAIL: _("It fails: %(value)s, asked is %(needs)s.", value=value, needs=needs),
        Result.UNKNOWN: _("It is unknown, and unknown is never a pass: %(why)s.", why=why_words(line)),
        Result.WAIVED: _("It is waived: %(value)s, asked is %(needs)s.", value=value, needs=needs),
    }[line.result]
    return f"{said} {_consequence(found)}".strip()


def _consequence(found: Found) -> str:
    if not found.asked:
        return _("It is no longer asked.")
    if found.criterion.must_have and found.line.result in (Result.FAIL, Result.UNKNOWN):
        return _("As a must-have it alone makes the gate a no-go.")
    return _("It would be a condition of a go.") if found.line.open else ""


def why_words(line: Line) -> str:
    """Why it is unknown; empty where it is not."""
    if line.unknown is Unknown.FEW:
        n = line.evidence.n or 0
        return _("counted from %(n)s, at least %(least)s are asked for", n=n, least=line.criterion.minimum_sample)
    if line.unknown is Unknown.STALE:
        limit = line.criterion.freshness_days or 0
        return ngettext("its evidence is older than %(num)d day", "its evidence is older than %(num)d days", limit)
    return line.evidence.why if line.unknown else ""


def age_words(line: Line, now: datetime) -> str:
    """What moment the evidence speaks of, and how old it may be."""
    asked, at = line.criterion, line.evidence.at
    said = formats.moment(at) if at else _("none")
    if asked.freshness_days is None:
        return _("%(at)s; it may be of any age", at=said)
    age = (now - at).days if at else None
    limit = ngettext("%(num)d day", "%(num)d days", asked.freshness_days)
    if age:
        old = ngettext("%(num)d day", "%(num)d days", age)
        return _("%(at)s: %(old)s old, at most %(limit)s", at=said, old=old, limit=limit)
    return _("%(at)s; at most %(limit)s old", at=said, limit=limit)


def sample_words(line: Line) -> str:
    """From how many things it was counted, and from how many it has to be."""
    n = _("unknown") if line.evidence.n is None else formats.number(line.evidence.n)
    least = line.criterion.minimum_sample
    return _("%(n)s, at least %(least)s needed", n=n, least=least) if least else n


def effort_words(asked: Criterion) -> str:
    """How much work it is to close it."""
    if asked.effort_days == 1:
        return _("1 person-day")
    return _("%(n)s person-days", n=formats.number(asked.effort_days))


def waiver_words(state: State) -> str:
    """What became of a waiver."""
    return {
        State.ASKED: _("Waits for an answer"),
        State.GIVEN: _("Given"),
        State.REFUSED: _("Refused"),
        State.ENDED: _("Ended"),
    }[state]


def spark(days: Sequence[Kept], asked: Criterion) -> list[tuple[float, float]]:
    """The values of the kept days as points of a sparkline; the threshold is inside its height."""
    known = [each for each in days if each.value is not None]
    if len(known) < 2:  # noqa: PLR2004  # one point is no line
        return []
    values = [each.value or 0.0 for each in known]
    low, high = min(*values, asked.threshold), max(*values, asked.threshold)
    if asked.unit == PERCENT:
        low, high = min(low, 0.0), max(high, 100.0)
    span, first = (high - low) or 1.0, known[0].day
    length = (known[-1].day - first).days or 1
    return [
        (
            round(2 + (_WIDTH - 4) * (each.day - first).days / length, 1),
            round(_BOTTOM - (_BOTTOM - _TOP) * ((each.value or 0.0) - low) / span, 1),
        )
        for each in known
    ]


def day_rows(days: Sequence[Kept], asked: Criterion) -> list[tuple[str, str, str, str]]:
    """The days on which something changed, the newest first: day, result, value, part of the score."""
    words, rows = result_words(), []
    for place, each in enumerate(days):
        before = days[place - 1] if place else None
        if before is None or (before.result, before.value) != (each.result, each.value):
            value = value_words(asked, each.value)
            rows.append((formats.day(each.day), words[each.result], value, formats.number(round(each.contribution, 1))))
    return rows[::-1]
