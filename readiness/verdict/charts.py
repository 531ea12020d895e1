"""A judgement in words: the same on its page, on the overview, in the portfolio and on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from infra import formats
from readiness.evidence.queries import SOURCES
from readiness.gates import charts as of_gates
from readiness.gates.rules.decision import Decision
from readiness.gates.rules.definitions import Comparator, Criterion
from readiness.gates.rules.results import Line, Result, Unknown
from readiness.gates.rules.waterfall import Step
from readiness.verdict.queries import Point, Stop
from readiness.verdict.rules import drawings
from readiness.verdict.rules.telling import Told
from roadmap.forecast import charts as forecasts
from roadmap.forecast.queries import ForecastRow
from roadmap.standing.charts import count_words, day_words, slip_words

TONES = {Decision.GO: "green", Decision.CONDITIONS: "amber", Decision.NO_GO: "red"}
RESULT_TONES, result_words = of_gates.RESULT_TONES, of_gates.result_words
"""What templates of a judgement say of a result."""
value_words = of_gates.value_words
"""A value in its unit, as everywhere."""
BAR_TONES = {Result.PASS: "good", Result.WARN: "warn", Result.FAIL: "bad"}
LETTERS = {"green": "is-good", "amber": "is-warn", "red": "is-bad"}
"""The class of text that says a tone."""


def decision_words() -> dict[Decision, str]:
    """The decisions in words."""
    return {Decision.GO: _("Go"), Decision.CONDITIONS: _("Go with conditions"), Decision.NO_GO: _("No-go")}


def short_words() -> dict[Decision, str]:
    """The decisions in one word, for narrow places."""
    return {Decision.GO: _("Go"), Decision.CONDITIONS: _("Conditions"), Decision.NO_GO: _("No-go")}


def verdict(decision: Decision) -> str:
    """The first words of the sentence."""
    return {
        Decision.GO: _("Go today."),
        Decision.CONDITIONS: _("Go with conditions today."),
        Decision.NO_GO: _("No-go today."),
    }[decision]


def as_of_today(decision: Decision) -> str:
    """What the figures say today, where something was decided already."""
    return {
        Decision.GO: _("The figures of today say go."),
        Decision.CONDITIONS: _("The figures of today say go with conditions."),
        Decision.NO_GO: _("The figures of today say no-go."),
    }[decision]


def because(told: Told) -> str:
    """Why the decision is what it is."""
    if not told.asked:
        return _("Nothing is asked at this gate yet.")
    if told.decision is Decision.GO:
        return _("Everything that is asked passes.")
    if told.decision is Decision.CONDITIONS:
        said = ngettext(
            "%(n)s thing becomes a condition.",
            "%(n)s things become conditions.",
            told.conditions,
            n=count_words(told.conditions),
        )
        return _large(said)
    if told.fails or told.unknowns:
        return _large(_blocking(told.fails, told.unknowns))
    return _too_little(told)


def _blocking(fails: int, unknowns: int) -> str:
    failing, silent = count_words(fails), count_words(unknowns)
    if not unknowns:
        return ngettext("%(n)s must-have fails.", "%(n)s must-haves fail.", fails, n=failing)
    if not fails:
        return ngettext("%(n)s must-have is unknown.", "%(n)s must-haves are unknown.", unknowns, n=silent)
    first = ngettext("%(n)s must-have fails", "%(n)s must-haves fail", fails, n=failing)
    last = ngettext("%(n)s is unknown", "%(n)s are unknown", unknowns, n=silent)
    return _("%(first)s and %(last)s.", first=first, last=last)


def _too_little(told: Told) -> str:
    """Where no must-have stands in the way: what the gate asks for in all, and does not get."""
    if not told.known:
        return _("Nothing is known yet.")
    score = formats.number(told.short)
    weight = formats.percent(told.unsure)
    if told.short is not None and told.unsure is not None:
        return _(
            "The score is below %(score)s, and less than %(weight)s of the weight is known.", score=score, weight=weight
        )
    if told.unsure is not None:
        return _("Less than %(weight)s of the weight is known.", weight=weight)
    return _("The score is below %(score)s.", score=score)


def remedy(told: Told) -> str:
    """What turns it, for how much work; empty where nothing is to be turned."""
    if told.effort is None or told.decision is Decision.GO:
        return ""
    into = {Decision.GO: _("a full go"), Decision.CONDITIONS: _("a go with conditions")}[told.leads_to]
    if not told.effort:
        return _("By the efforts that were named no work is left to %(what)s.", what=into)
    values: dict[str, Any] = {
        "num": 1 if told.effort == 1 else 2,
        "effort": person_days(told.effort),
        "what": into,
    }
    if told.decision is Decision.CONDITIONS:
        return ngettext("%(effort)s more makes it %(what)s.", "%(effort)s more make it %(what)s.", **values)
    return ngettext("%(effort)s of work turns it into %(what)s.", "%(effort)s of work turn it into %(what)s.", **values)


def person_days(effort: float) -> str:
    """An effort as it stands in a sentence: "9.5 person-days"."""
    number = formats.number(round(effort, 2))
    return _("1 person-day") if effort == 1 else _("%(n)s person-days", n=number)


def sentence(told: Told) -> str:
    """The whole sentence, plain."""
    return " ".join(part for part in (verdict(told.decision), because(told), remedy(told)) if part)


def forecast(project_target: date | None, found: Sequence[Stop], row: ForecastRow | None = None) -> str:
    """When it goes live beside the target: P80 with its chance, or the plan's finish where no forecast was kept."""
    stop = next((each for each in reversed(found) if each.is_go_live), None)
    if stop is None:
        return _("The plan has no go-live, so that nothing can be said of when.")
    day = formats.day(stop.day)
    if stop.reached:
        return _("It went live on %(day)s.", day=day)
    if row is not None:
        return _foreseen(row, project_target)
    said = _("Go-live by the plan as it stands: %(day)s", day=day)
    if project_target is None:
        return _("%(said)s. No target is set.", said=said)
    slip = slip_words((stop.day - project_target).days)
    return _(
        "%(said)s, %(slip)s. It is the finish that follows from the tasks; no forecast was kept.",
        said=said,
        slip=slip,
    )


def _foreseen(row: ForecastRow, target: date | None) -> str:
    """P80, how it lies to the target, and the target's chance where it is still the same."""
    said = forecasts.p80_words(row)
    days = row.slip(target)
    if days is None:
        return _("Go-live: %(said)s. No target is set.", said=said)
    if row.target != target:
        return _("Go-live: %(said)s, %(slip)s.", said=said, slip=slip_words(days))
    return _(
        "Go-live: %(said)s, %(slip)s: %(chance)s chance of the target.",
        said=said,
        slip=slip_words(days),
        chance=forecasts.chance_words(row.chance),
    )


def moved(found: Sequence[ForecastRow], since: date) -> str:
    """What P80 did since a day: the forecast of then beside the newest; empty where one of both was not kept."""
    then = next((each for each in found if each.day <= since), None)
    if then is None or then is found[0]:
        return ""
    said = {"then": formats.day(then.p80), "of": formats.day(then.day), "now": formats.day(found[0].p80)}
    days = (found[0].p80.date() - then.p80.date()).days
    if days == 0:
        return _("P80 is %(now)s, as in the forecast of %(of)s.", **said)
    words = day_words(abs(days))
    if days > 0:
        return _("P80 moved from %(then)s (forecast of %(of)s) to %(now)s: %(days)s later.", days=words, **said)
    return _("P80 moved from %(then)s (forecast of %(of)s) to %(now)s: %(days)s earlier.", days=words, **said)


def needs_words(asked: Criterion) -> str:
    """The threshold: "needs 95 %", "at most 3 days", "needs none"."""
    if of_gates.none_is_asked(asked):
        return _("needs none")
    wanted = value_words(asked, asked.threshold)
    if asked.comparator is Comparator.AT_MOST:
        return _("at most %(value)s", value=wanted)
    return _("needs %(value)s", value=wanted)


def source_words(asked: Criterion) -> str:
    """What the source of a criterion is called."""
    source = SOURCES.get(asked.source)
    return source.label if source else asked.source


def age_words(line: Line, now: datetime, zone: tzinfo) -> str:
    """How old evidence is: its day, today its time, in days once it is stale."""
    at = line.evidence.at
    if at is None:
        return _("none")
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if line.unknown is Unknown.STALE:
        return ngettext("%(num)d day, stale", "%(num)d days, stale", (today - local.date()).days)
    return _("today %(time)s", time=f"{local:%H:%M}") if local.date() == today else formats.day(local)


def limit_words(asked: Criterion) -> str:
    """How old evidence may be."""
    days = asked.freshness_days
    return _("at any age") if days is None else ngettext("limit %(num)d day", "limit %(num)d days", days)


def why_words(line: Line) -> str:
    """Why a criterion is unknown; empty where it is not."""
    if line.unknown is Unknown.FEW:
        few = line.evidence.n or 0
        return _(
            "counted from %(n)s, %(least)s are asked for", n=formats.number(few), least=line.criterion.minimum_sample
        )
    if line.unknown is Unknown.STALE:
        return _("its evidence is too old")
    return line.evidence.why if line.unknown else ""


def _large(said: str) -> str:
    return said[:1].upper() + said[1:]


def dial_label(score: float | None, confidence: float, least: float) -> str:
    """The dial for who does not see it."""
    known = round(100 * confidence)
    return _(
        "Readiness %(score)s of 100, on %(known)s %% of the weight; %(rest)s %% unknown; a go needs %(least)s",
        score=_("unknown") if score is None else formats.number(round(score)),
        known=known,
        rest=100 - known,
        least=formats.number(least),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What moved the score since a day: a drawing, the words at each of its bars, and the whole difference."""

    day: str
    drawing: drawings.Waterfall
    words: tuple[tuple[str, str, str], ...]
    label: str
    total: str
    tone: str

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The same as a table."""
        return [(name, figure) for name, figure, _tone in self.words]


def change(before: float, day: str, after: float, steps: Sequence[Step], names: Mapping[str, str]) -> Change:
    """The waterfall in words: name, figure and tone of each bar. Scores and steps are in tenths and add up."""
    drawing = drawings.waterfall(before, after, steps)
    words = (
        (day, formats.number(before), "grey"),
        *((_step_name(step, names), signed(step.points), "good" if step.points > 0 else "bad") for step in steps),
        (_("Today"), formats.number(after), "now"),
    )
    tone = "is-good" if after > before else "is-bad" if after < before else ""
    label = _change_label(before, day, after, drawing.low)
    return Change(day, drawing, words, label, signed(round(after - before, 1)), tone)


def signed(points: float) -> str:
    """A difference with its sign: "+4.2", "−1.2"."""
    said = formats.number(round(abs(points), 1))
    return f"+{said}" if points > 0 else f"\u2212{said}" if points < 0 else f"±{said}"


def _step_name(step: Step, names: Mapping[str, str]) -> str:
    return names.get(step.key, step.key) if step.key else _("All smaller changes together")


def _change_label(before: float, day: str, after: float, low: float) -> str:
    values = {"before": formats.number(before), "day": day, "after": formats.number(after), "low": formats.number(low)}
    if before == after:
        return _("Readiness is %(after)s, as on %(day)s. The axis starts at %(low)s.", **values)
    if before < after:
        return _("Readiness rose from %(before)s on %(day)s to %(after)s today. The axis starts at %(low)s.", **values)
    return _("Readiness fell from %(before)s on %(day)s to %(after)s today. The axis starts at %(low)s.", **values)


def history(points: Sequence[Point], least: float) -> dict[str, Any]:
    """The score over the kept days, as the line chart takes it; it is broken where nothing was known."""
    first, last = points[0].day, points[-1]
    lines = drawings.stretches([(each.day, each.score) for each in points])
    end = [] if last.score is None else [(*lines[-1][-1], formats.number(round(last.score)))]
    heights = [(drawings.height_of(mark), str(mark)) for mark in (100, 50, 0)]
    return {
        "width": 360,
        "height": 150,
        "left": drawings.LEFT,
        "right": drawings.RIGHT,
        "label": _history_label(points),
        "grid": heights,
        "axis": [
            (drawings.day_at(each, first, last.day), formats.short_day(each))
            for each in dict.fromkeys((first, last.day))
        ],
        "target": drawings.height_of(least),
        "lines": [("s1", line) for line in lines],
        "marks": [("pt--end", *line[-1]) for line in lines],
        "notes": [(x + 8, y + 4, text, "start", "lab") for x, y, text in end],
    }


def _history_label(points: Sequence[Point]) -> str:
    known = [each for each in points if each.score is not None]
    if not known:
        return _("No score was known on any of these days")
    return _(
        "Readiness score from %(first)s on %(day)s to %(last)s on %(until)s",
        first=formats.number(round(known[0].score or 0)),
        day=formats.short_day(known[0].day),
        last=formats.number(round(known[-1].score or 0)),
        until=formats.short_day(known[-1].day),
    )


def history_rows(points: Sequence[Point]) -> list[tuple[str, str, str, str]]:
    """The same as a table, the newest day first."""
    words = decision_words()
    return [
        (formats.day(each.day), score_words(each.score), formats.percent(100 * each.confidence), words[each.decision])
        for each in reversed(points)
    ]


def score_words(score: float | None) -> str:
    """A score with its tenth; unknown is said."""
    return _("unknown") if score is None else formats.number(round(score, 1))
