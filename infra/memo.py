"""What was read already while one page is made: several rooms ask the same thing, and the database is asked once.

    @remembered
    def visible(actor: Actor) -> list[ProjectRow]: ...

It holds for one page that is read, never beyond: whatever is sent in, a command and a job always ask the database, and
so does a page after it wrote something. Who is given the answer must leave it as it is: the next one gets the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import g, has_app_context, has_request_context, request

from infra.audit.capture import WORK
from infra.database import db

P = ParamSpec("P")
R = TypeVar("R")
K = TypeVar("K", bound=Hashable)
KEPT = "memo"
"""What `flask.g` calls the answers."""
_READING = ("GET", "HEAD")


def remembered(ask: Callable[P, R]) -> Callable[P, R]:
    """Ask once a page for the same arguments, which are told apart by value."""

    @wraps(ask)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        if not is_reading() or WORK in db.session().info:  # an action has to see what it changed
            return ask(*args, **kwargs)
        kept: dict[Hashable, R] = g.setdefault(KEPT, {})
        key = (ask, _by_value(args), _by_value(kwargs))
        if key not in kept:
            kept[key] = ask(*args, **kwargs)
        return kept[key]

    return answer


def remembered_each(ask: Callable[P, dict[K, R]]) -> Callable[P, dict[K, R]]:
    """The same for a question about many numbers, its last argument: asked is only for those that nobody asked for yet.

    A number of which nothing is found is not asked for again, either. What is not a number is sorted as well.
    """
    asking: Callable[..., dict[K, R]] = ask

    @wraps(ask)
    def answer(*args: P.args, **kwargs: P.kwargs) -> dict[K, R]:
        if kwargs or not is_reading() or WORK in db.session().info:
            return asking(*args, **kwargs)
        *common, numbers = args
        wanted = {each for each in cast("Iterable[K | None]", numbers) if each is not None}
        known: dict[K, R | None] = g.setdefault(KEPT, {}).setdefault((ask, _by_value(common)), {})
        if missing := wanted - known.keys():
            known.update({**dict.fromkeys(missing), **asking(*common, missing)})
        return {each: found for each in sorted(wanted) if (found := known[each]) is not None}  # type: ignore[type-var]  # keys have an order

    return answer


def is_reading() -> bool:
    """Whether a page is asked for that is only read."""
    return has_request_context() and request.method in _READING


def forget() -> None:
    """Ask anew from now on: something was written, or another page begins."""
    if has_app_context():
        g.pop(KEPT, None)


def _by_value(value: Any) -> Hashable:
    if isinstance(value, Mapping):
        return tuple((name, _by_value(each)) for name, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(_by_value(each) for each in value)
    return frozenset(value) if isinstance(value, set) else value
