"""What can go wrong, in words for people. Each error knows the HTTP status that fits it; nothing here knows HTTP.

Texts are English sentences with ``%(name)s`` places; the shell translates them by the sentence and fills in the
parameters, so an error carries both apart.
"""

from __future__ import annotations

from collections.abc import Mapping


class Problem(Exception):
    """Something that a person or a script is told: a stable code, a sentence, its parameters, the field it is about."""

    status = 400

    def __init__(self, code: str, text: str, *, field: str | None = None, **params: object) -> None:
        """Keep the sentence and its parameters apart, so that it can be translated."""
        self.code, self.text, self.field = code, text, field
        self.params: Mapping[str, object] = params
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The English sentence with its parameters filled in."""
        return self.text % self.params if self.params else self.text


class RuleBroken(Problem):
    """The request was understood and breaks a rule of the domain."""

    status = 422


class NotFound(Problem):
    """There is no such thing, or none that the actor may know of: the two are told apart nowhere."""

    status = 404

    def __init__(self, text: str = "There is no such page, or it is not shared with you.", **params: object) -> None:
        """Say what was not found."""
        super().__init__("not_found", text, field=None, **params)


class Refused(Problem):
    """The actor may know of the thing but not do this to it."""

    status = 403

    def __init__(self, text: str = "Your role does not allow this.", **params: object) -> None:
        """Say what was refused and who could do it."""
        super().__init__("refused", text, field=None, **params)


class Conflict(Problem):
    """Someone else changed the same thing meanwhile; nothing was overwritten."""

    status = 409


class TooLarge(Problem):
    """More was sent than the limit allows."""

    status = 413


class TooMany(Problem):
    """Too many tries in too short a time."""

    status = 429
