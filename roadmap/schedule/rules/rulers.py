"""Rulers: working axes as tables, asked millions of times."""

from collections.abc import Callable
from typing import Protocol

from .network import ELAPSED, SF


class Remembered(dict[int, int]):
    """Answers of a slow function, asked once each: the same few instants come up again and again in a plan."""

    __slots__ = ("answer",)

    def __init__(self, answer: Callable[[int], int]) -> None:
        self.answer = answer

    def __missing__(self, key: int) -> int:
        value = self[key] = self.answer(key)
        return value


class Line(Protocol):
    """A working axis; `kernel.worktime.Axis` is one, and so is the clock itself."""

    def index(self, minute: int, /) -> int:
        """The place of a clock minute."""

    def start_of(self, index: int, /) -> int:
        """The clock minute at which work at a place goes on."""

    def end_of(self, index: int, /) -> int:
        """The clock minute at which work up to a place has ended."""


class Ruler:
    """A working axis as three tables: the place of a clock minute, and where work at a place goes on or has ended."""

    __slots__ = ("ends", "place", "starts")

    def __init__(self, axis: Line) -> None:
        self.place = Remembered(axis.index)
        self.starts = Remembered(axis.start_of)
        self.ends = Remembered(axis.end_of)

    def lagged(self, moment: int, code: int, lag: int) -> int:
        """A moment moved by a lag: working time, or every minute when elapsed."""
        if code <= SF or not lag:
            return moment
        if code & ELAPSED:
            return moment + lag
        place = self.place[moment] + lag
        return self.ends[place] if lag > 0 else self.starts[place]

    def next(self, moment: int) -> int:
        """The moment itself in working time, else when work begins again."""
        return self.starts[self.place[moment]]

    def after(self, moment: int, minutes: int) -> int:
        """When so much work from a moment on has ended; no work takes no time."""
        return self.ends[self.place[moment] + minutes] if minutes else moment

    def before(self, moment: int, minutes: int) -> int:
        """When so much work has to begin to have ended by a moment."""
        return self.starts[self.place[moment] - minutes] if minutes else moment


class Clock:
    """The clock as a working axis: each minute is worked."""

    def index(self, minute: int, /) -> int:
        """The minute itself."""
        return minute

    def start_of(self, index: int, /) -> int:
        """The minute itself."""
        return index

    def end_of(self, index: int, /) -> int:
        """The minute itself."""
        return index
