"""The look at all roll-outs in words: the sentence, why a roll-out can't go, and the decisions that are needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from infra import formats
from infra.http import address
from readiness.across.rules import Blocking
from reports.board.queries import Board, Line
from reports.board.rules.asks import Ask, Kind
from roadmap.standing.charts import count_words

MOST_NAMED = 2
"""So many roll-outs that can't go are named with their reason; the rest is counted."""
PAIR = 2
"""Of two one says both."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence: plain, or a link with a tone."""

    text: str
    href: str | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A decision in words. ``due`` is empty where it is asked for now."""

    icon: str
    text: str
    project: str
    due: str
    overdue: bool
    href: str | None


def sentence(board: Board) -> list[Part]:
    """What the reader came for: what can go, what can't and why, what is live, how much is to be decided."""
    return _joined([_going(board), _living(board), _deciding(board)])


def plain(parts: Iterable[Part]) -> str:
    """The same without links."""
    return "".join(part.text for part in parts)


def _joined(sentences: Iterable[list[Part]]) -> list[Part]:
    found: list[Part] = []
    for each in sentences:
        found += [Part(" "), *each] if found and each else each
    return found


def _going(board: Board) -> list[Part]:
    its = board.summary
    if not board.lines:
        return [Part(_("No roll-out yet."))]
    if not its.near:
        return [Part(_("No roll-out is near its go-live."))] if its.far else []
    if its.near == 1 and its.goes:
        return [_link(its.goes[0]), Part(" "), Part(_("can go"), tone="is-good"), Part(".")]
    parts = _share(len(its.goes), its.near) if its.near > 1 else []
    stopped = [_because(each) for each in its.stopped[:MOST_NAMED]]
    waiting = [_unjudged(each) for each in its.unjudged[: MOST_NAMED - len(stopped)]]
    rest = len(its.stopped) + len(its.unjudged) - len(stopped) - len(waiting)
    clauses = [*stopped, *waiting]
    if rest:
        clauses.append([Part(ngettext("%(n)s more can't", "%(n)s more can't", rest, n=count_words(rest)))])
    for number, clause in enumerate(clauses):
        parts += ([Part("; ")] if number or its.near > 1 else []) + clause
    return [*parts, Part(".")]


def _share(goes: int, near: int) -> list[Part]:
    can = Part(_("can go"), tone="is-good" if goes == near else "")
    if not goes:
        said = _("None of %(all)s roll-outs near their go-live", all=count_words(near))
    elif goes < near:
        said = _("%(n)s of %(all)s roll-outs near their go-live", n=count_words(goes), all=count_words(near))
    elif near == PAIR:
        said = _("Both roll-outs near their go-live")
    else:
        said = _("All %(n)s roll-outs near their go-live", n=count_words(near))
    return [Part(_large(said)), Part(" "), can]


def _because(line: Line) -> list[Part]:
    why = reason(line)
    return [_link(line), Part(" " + _("is a") + " "), Part(_("no-go"), tone="is-bad"), Part(f" {why}" if why else "")]


def _unjudged(line: Line) -> list[Part]:
    return [_link(line), Part(" " + _("is not judged yet"))]


def _link(line: Line) -> Part:
    return Part(line.name, address("overview.page", project_id=line.id))


def reason(line: Line) -> str:
    """Why a roll-out is a no-go, as it stands in a sentence."""
    return _("because %(what)s", what=in_the_way(line.blocking)) if line.blocking.all else _too_little(line)


def in_the_way(found: Blocking) -> str:
    """The must-haves that stand in the way: one by its name, more counted."""
    if len(found.all) == 1:
        name = found.all[0]
        return _("“%(name)s” fails", name=name) if found.fails else _("“%(name)s” is unknown", name=name)
    fails, unknowns = len(found.fails), len(found.unknowns)
    failing = ngettext("%(n)s must-have fails", "%(n)s must-haves fail", fails, n=count_words(fails))
    if not unknowns:
        return failing
    if not fails:
        return ngettext("%(n)s must-have is unknown", "%(n)s must-haves are unknown", unknowns, n=count_words(unknowns))
    silent = ngettext("%(n)s is unknown", "%(n)s are unknown", unknowns, n=count_words(unknowns))
    return _("%(first)s and %(last)s", first=failing, last=silent)


def _too_little(line: Line) -> str:
    if line.score is None:
        return _("because nothing is known")
    least = formats.number(line.gate.minimum_score) if line.gate else ""
    if line.gate and line.score < line.gate.minimum_score:
        return _("because its score is below %(least)s", least=least)
    return _("because too little is known")


def _living(board: Board) -> list[Part]:
    live = board.summary.live
    if not live:
        return []
    if len(live) > MOST_NAMED:
        return [Part(_large(_("%(n)s are live.", n=count_words(len(live)))))]
    parts: list[Part] = []
    for number, each in enumerate(live):
        parts += [Part(" " + _("and") + " ")] if number else []
        parts += [_link(each)]
    said = _("is live") if len(live) == 1 else _("are live")
    use = live[0].use if len(live) == 1 else None
    used = _(", used weekly by %(share)s of its people", share=formats.percent(use)) if use is not None else ""
    return [*parts, Part(f" {said}{used}.")]


def _deciding(board: Board) -> list[Part]:
    count = len(board.asks)
    if not board.lines:
        return []
    if not count:
        return [Part(_("No decision is needed this week."))]
    needed = ngettext("%(n)s decision", "%(n)s decisions", count, n=count_words(count))
    here = address("executive.page")
    said = ngettext("is needed this week", "are needed this week", count)
    return [Part(_large(needed), f"{here}#decisions" if here else None), Part(f" {said}.")]


def _large(said: str) -> str:
    return said[:1].upper() + said[1:]


def decisions(board: Board) -> list[Said]:
    """What needs a decision this week, in words and with where it is made."""
    return [_said(each, board) for each in board.asks]


def _said(ask: Ask, board: Board) -> Said:
    icon, text, href = _ASKED[ask.kind](ask)
    due = formats.day(ask.day) if ask.day else ""
    overdue = ask.day is not None and ask.day < board.today
    return Said(icon, text, ask.project, due, overdue, href)


_Worded = tuple[str, str, str | None]


def _gate(ask: Ask) -> _Worded:
    href = address("meeting.page", project_id=ask.project_id, gate=ask.key)
    return "milestone", _("Decide at the gate “%(name)s”", name=ask.what), href


def _sign_off(ask: Ask) -> _Worded:
    href = address("meeting.page", project_id=ask.project_id, gate=ask.key)
    text = ngettext(
        "Sign off at “%(name)s”: %(num)d word was given",
        "Sign off at “%(name)s”: %(num)d words were given",
        ask.count,
        name=ask.what,
    )
    return "edit", text, href


def _waiver(ask: Ask) -> _Worded:
    href = address("criterion.page", project_id=ask.project_id, criterion_id=ask.number)
    if ask.kind is Kind.LAPSE:
        return "clock", _("A waiver ends: “%(name)s”", name=ask.what), href
    if not ask.who:
        return "flag", _("Answer the waiver asked for “%(name)s”", name=ask.what), href
    return "flag", _("Answer the waiver that %(who)s asks for “%(name)s”", who=ask.who, name=ask.what), href


def _contradiction(ask: Ask) -> _Worded:
    text = ngettext(
        "Answer %(num)d contradiction to what %(who)s claims",
        "Answer %(num)d contradictions to what %(who)s claims",
        ask.count,
        who=ask.who or _("somebody"),
    )
    return "warning", text, address("standing.page", project_id=ask.project_id)


def _claim(ask: Ask) -> _Worded:
    text = _("Claim health anew, or let the figures speak: the claim of %(who)s ends", who=ask.who or _("somebody"))
    return "gauge", text, address("standing.page", project_id=ask.project_id)


def _report(ask: Ask) -> _Worded:
    href = address("issued.report", project_id=ask.project_id, number=ask.number)
    return "report", f"{ask.what} ({ask.who})" if ask.who else ask.what, href


_ASKED = {
    Kind.GATE: _gate,
    Kind.SIGN_OFF: _sign_off,
    Kind.WAIVER: _waiver,
    Kind.LAPSE: _waiver,
    Kind.CONTRADICTION: _contradiction,
    Kind.CLAIM: _claim,
    Kind.ASKED: _report,
}
