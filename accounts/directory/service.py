"""People with their instance roles: the acts that span people, access and sign-in, each one transaction."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from accounts.access import rules as access_rules
from accounts.access import service as access
from accounts.directory.rules import Entry
from accounts.people import queries as people_queries
from accounts.people import service as people
from accounts.signin import service as signin
from infra.mail.service import queue
from infra.transaction import transaction
from kernel.actor import INSTANCE, Actor
from kernel.errors import RuleBroken


def add(entry: Entry, *, now: datetime, actor: Actor) -> tuple[int, str | None]:
    """Add a person with an instance role; gives the number and, if an invitation was wanted, its token.

    Raises RuleBroken; then nobody was added.
    """
    _check(entry)
    with transaction(actor, "person.added"):
        person_id = people.add_person(entry.person, now=now, actor=actor)
        access.grant_role(person_id, entry.role, INSTANCE, actor=actor)
        token = signin.make_link(person_id, now=now, actor=actor) if entry.invite else None
    return person_id, token


def change(person_id: int, entry: Entry, *, actor: Actor) -> None:
    """Change what is said of a person and their instance role together. Raises RuleBroken, NotFound, Conflict."""
    _check(entry)
    with transaction(actor, "person.changed"):
        access.set_role(person_id, entry.role, INSTANCE, actor=actor)
        people.change_person(person_id, entry.person, actor=actor)


def mail_link(person_id: int, lead: str, *, now: datetime, actor: Actor) -> str:
    """Make a one-time link and mail it, so that nobody else sees it; gives the address that it goes to.

    ``lead``: where one-time links lead, to which the token is added. Raises RuleBroken for somebody who can't sign in.
    """
    with transaction(actor, "person.invited") as work:
        link = lead + signin.make_link(person_id, now=now, actor=actor)
        person = people_queries.person(person_id)
        text = _(
            "Hello %(name)s,\n\n%(who)s invites you to Launch90. Open this link and choose a password; it works once:"
            "\n\n%(link)s\n\nIf you don't know what this is about, do nothing.\n",
            name=person.name,
            who=actor.name,
            link=link,
        )
        subject = _("Set a new password") if person.has_password else _("Your invitation to Launch90")
        queue(work, person.email or "", subject, text, secret=True)
    return person.email or ""


def _check(entry: Entry) -> None:
    access_rules.role(entry.role, INSTANCE)
    if not (entry.person.email or "").strip() and (entry.invite or entry.role == access_rules.ADMINISTRATOR):
        raise RuleBroken(
            "people.email_missing",
            "Give an e-mail address: an administrator, and whoever is invited, signs in with it.",
            field="email",
        )
