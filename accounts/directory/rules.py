"""What the pages of people ask for in one go."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.people.rules import PersonData


@dataclass(frozen=True, slots=True)
class Entry:
    """A person with their instance role and whether a link to set a password is wanted at once."""

    person: PersonData
    role: str
    invite: bool = False
