"""Dependencies as people write them: "3;5SS+2d;7FF-1d", by row number or WBS number."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kernel.errors import RuleBroken

from .durations import DAY_MINUTES, format_duration, parse_duration
from .plan import Link, LinkType

_LINK = re.compile(r"(\d+(?:\.\d+)*)\s*(FS|SS|FF|SF)?\s*(?:([+-])\s*(.+))?", re.IGNORECASE)
_ELAPSED_UNIT = re.compile(r"(?<=[\d\s])e(?=[a-z])", re.IGNORECASE)
_CALENDAR_DAY, _CALENDAR_WEEK = 1440, 7


@dataclass(frozen=True, slots=True)
class WrittenLink:
    """One dependency as it was written; `reference` is a row or WBS number."""

    reference: str
    type: LinkType = LinkType.FS
    lag_minutes: int = 0
    elapsed: bool = False


def parse_links(text: str, day_minutes: int = DAY_MINUTES) -> list[WrittenLink]:
    """Read a list separated by semicolons; "2ed" is an elapsed lag. Raises `RuleBroken` naming the part."""
    return [_parse(part.strip(), day_minutes) for part in text.split(";") if part.strip()]


def _parse(part: str, day_minutes: int) -> WrittenLink:
    found = _LINK.fullmatch(part)
    if found is None:
        raise RuleBroken(
            "plan.link",
            "“%(written)s” is not a dependency. Write a row number, then type and lag: 3, 5SS+2d or 7FF-1d.",
            written=part[:60],
        )
    reference, kind, sign, lag = found.groups()
    minutes, elapsed = _parse_lag(lag, day_minutes) if lag else (0, False)
    return WrittenLink(reference, LinkType((kind or "FS").upper()), -minutes if sign == "-" else minutes, elapsed)


def _parse_lag(lag: str, day_minutes: int) -> tuple[int, bool]:
    plain, count = _ELAPSED_UNIT.subn("", lag)
    if count:
        return parse_duration(plain, _CALENDAR_DAY, _CALENDAR_WEEK), True
    return parse_duration(plain, day_minutes), False


def resolve_links(written: Iterable[WrittenLink], successor: int, ids: Mapping[str, int]) -> list[Link]:
    """Turn references into ids. Raises `RuleBroken` for one that names no row."""
    links = []
    for each in written:
        if each.reference not in ids:
            raise RuleBroken(
                "plan.link_unknown", "There is no task %(reference)s to depend on.", reference=each.reference
            )
        links.append(Link(ids[each.reference], successor, each.type, each.lag_minutes, each.elapsed))
    return links


def format_links(links: Iterable[Link], references: Mapping[int, str], day_minutes: int = DAY_MINUTES) -> str:
    """Write the predecessors of one task; what is usual (FS, no lag) is left out."""
    return ";".join(references[link.predecessor] + _format_tail(link, day_minutes) for link in links)


def _format_tail(link: Link, day_minutes: int) -> str:
    kind = "" if link.type is LinkType.FS and not link.lag_minutes else str(link.type)
    if not link.lag_minutes:
        return kind
    sign = "-" if link.lag_minutes < 0 else "+"
    lag = format_duration(abs(link.lag_minutes), _CALENDAR_DAY if link.elapsed else day_minutes)
    return kind + sign + (re.sub(r"(?=[dhm])", "e", lag) if link.elapsed else lag)
