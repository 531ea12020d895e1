"""How long work takes: from a start to its finish and back, for one ruler or for several people on differing ones."""

from collections.abc import Mapping
from dataclasses import dataclass

from .plan import Activity
from .rulers import Ruler


@dataclass(frozen=True, slots=True)
class Part:
    """What one of a team has to do: working minutes on a ruler, how much later it begins, how much of it is done."""

    ruler: Ruler
    minutes: int
    delay: int
    done: int


@dataclass(frozen=True, slots=True)
class Team:
    """Several at work on one task: it begins with the first of them and ends with the last."""

    parts: tuple[Part, ...]

    def next(self, moment: int) -> int:
        """When the first of them can begin."""
        return min(part.ruler.next(moment) for part in self.parts)

    def after(self, moment: int) -> int:
        """When the last of them has done everything."""
        return max(part.ruler.after(moment, part.delay + part.minutes) for part in self.parts)

    def before(self, moment: int, *, remaining: bool = False) -> int:
        """When to begin at the latest so that everything, or what remains, has ended by a moment."""
        return min(
            part.ruler.before(moment, part.minutes - part.done if remaining else part.delay + part.minutes)
            for part in self.parts
        )

    def previous_end(self, moment: int) -> int:
        """Where the day of the last of them ended, if nobody works between then and the moment."""
        return max(part.ruler.ends[part.ruler.place[moment]] for part in self.parts)

    def behind(self, begin: int) -> int:
        """When the last of them had done what is done, had they worked from the start on."""
        return max(part.ruler.after(begin, part.done) for part in self.parts)

    def resumed(self, begin: int, resume: int) -> int:
        """When the last of them has done the rest, that goes on at `resume` at the earliest."""
        return max(_resumed(part, begin, resume) for part in self.parts)


def _resumed(part: Part, begin: int, resume: int) -> int:
    place = part.ruler.place
    behind = place[begin] + part.delay + part.done
    return part.ruler.ends[max(behind, place[resume]) + part.minutes - part.done]


def team_of(row: Activity, ruler: Ruler, named: Mapping[str, Ruler]) -> Team:
    """The shares of a task as parts of a team; who has no calendar works in that of the task."""
    parts = (
        Part(
            ruler if share.calendar is None else named[share.calendar],
            share.minutes,
            share.delay_minutes,
            min(share.done_minutes, share.minutes),
        )
        for share in row.shares
    )
    return Team(tuple(parts))
