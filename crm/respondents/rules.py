"""The audiences of a survey, and somebody of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Whom a survey asks."""

    PEOPLE = "people"
    CONTACTS = "contacts"
    TICKETS = "tickets"


AUDIENCES: Mapping[Audience, str] = {
    Audience.PEOPLE: "People who sign in here",
    Audience.CONTACTS: "Contacts of the CRM",
    Audience.TICKETS: "Whoever a ticket came from, once it is closed",
}
PURPOSE = "surveys"
"""The purpose that contacts are asked for; whoever objected to it is left alone."""
AMONG = ("kind", "region", "industry", "campaign_id")
"""By what contacts are chosen: values of their account, or the campaign that they are members of."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody whom a survey asks: a person here, a contact, or whoever a ticket came from."""

    name: str
    email: str
    person_id: int | None = None
    contact_id: int | None = None
    ticket_id: int | None = None

    def key(self, survey_id: int) -> str:
        """What names the survey and this somebody, so that nobody is asked twice.

        >>> Asked("Ida", "ida@example.org", contact_id=4).key(12)
        '12:contact:4'
        """
        if self.ticket_id is not None:
            return f"{survey_id}:ticket:{self.ticket_id}"
        return f"{survey_id}:person:{self.person_id}" if self.person_id else f"{survey_id}:contact:{self.contact_id}"
