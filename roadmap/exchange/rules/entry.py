"""One element of a file of MS Project with its values read as what they mean; what can't be read is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roadmap.exchange.rules.plan_file import Issue
from roadmap.exchange.rules.xml import Node
from roadmap.tasks.rules.fields import EARLIEST, LATEST

_DURATION = re.compile(
    r"(-?)P(?:(\d{1,6})D)?(?:T(?:(\d{1,9}(?:\.\d+)?)H)?(?:(\d{1,9}(?:\.\d+)?)M)?(?:(\d{1,9}(?:\.\d+)?)S)?)?"
)
_WHOLE = re.compile(r"[+-]?\d{1,15}")
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
_NOTHING = ("", "NA", "N/A")


@dataclass(frozen=True, slots=True)
class Entry:
    """A task, resource, assignment or calendar of a file: ``where`` names it to people, ``tell`` takes complaints."""

    node: Node
    where: str
    tell: Callable[[Issue], None]

    def warn(self, what: str) -> None:
        """Tell that something here was not understood or was changed."""
        self.tell(Issue(self.where, what))

    def text(self, tag: str, limit: int = 300) -> str:
        """The text of a tag on one line; a longer one is cut and told."""
        return self.words(tag, limit, lambda found: " ".join(found.split()))

    def words(self, tag: str, limit: int, tidy: Callable[[str], str] = str.strip) -> str:
        """The text of a tag with its lines; a longer one is cut and told."""
        found = tidy(self._raw(tag).replace("\r\n", "\n").replace("\x00", ""))
        if len(found) > limit:
            self.warn(f"{tag} has {len(found)} characters; the first {limit} were taken.")
        return found[:limit]

    def flag(self, tag: str, *, default: bool = False) -> bool:
        """Whether a tag says yes."""
        found = self._raw(tag).strip().lower()
        return default if found in _NOTHING else found in ("1", "true", "-1")

    def whole(self, tag: str, default: int = 0) -> int:
        """The whole number of a tag."""
        found = self._raw(tag).strip()
        if found in _NOTHING:
            return default
        number = self.number(tag, None)
        return default if number is None else round(number)

    def number(self, tag: str, default: float | None) -> float | None:
        """The number of a tag."""
        found = self._raw(tag).strip()
        if found in _NOTHING:
            return default
        if _NUMBER.fullmatch(found):
            return float(found)
        self._unread(tag, found)
        return default

    def moment(self, tag: str) -> datetime | None:
        """The date and time of a tag, to the minute."""
        found = self._raw(tag).strip()
        if found in _NOTHING:
            return None
        try:
            moment = datetime.fromisoformat(found).replace(tzinfo=None, second=0, microsecond=0)
        except ValueError:
            self._unread(tag, found)
            return None
        if not EARLIEST <= moment.date() <= LATEST:
            self.warn(f"{tag} {moment.date()} is out of range (1990 to 2199); it was left out.")
            return None
        return moment

    def minutes(self, tag: str, default: int | None = None) -> int | None:
        """The minutes of a duration such as PT8H30M0S, rounded."""
        found = self._raw(tag).strip()
        if found in _NOTHING:
            return default
        parts = _DURATION.fullmatch(found)
        if parts is None:
            self._unread(tag, found)
            return default
        days, hours, minutes, seconds = (float(part or 0) for part in parts.groups()[1:])
        total = round(days * 1440 + hours * 60 + minutes + seconds / 60)
        return -total if parts[1] else total

    def rest(self, known: Container[str]) -> Node | None:
        """What stands here besides the ``known`` tags, to be written again one day; None for nothing."""
        return {tag: value for tag, value in self.node.items() if tag not in known and value != ""} or None

    def _raw(self, tag: str) -> str:
        found: Any = self.node.get(tag, "")
        if isinstance(found, list):
            self.warn(f"{tag} is said twice; the first was taken.")
            found = found[0]
        return found if isinstance(found, str) else ""

    def _unread(self, tag: str, found: str) -> None:
        self.warn(f"{tag} “{found[:40]}” can't be read; it was left out.")
