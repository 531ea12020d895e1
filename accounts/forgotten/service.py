"""Mailing a link to whoever forgot their password."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from accounts.people.models import Person
from accounts.signin.service import make_link
from accounts.tries import service as tries
from accounts.tries.rules import Tried, Visit
from infra.database import db
from infra.mail.service import queue
from infra.transaction import transaction
from kernel.actor import SYSTEM


def ask_for_link(email: str, address: str, *, visit: Visit) -> None:
    """Mail a link if somebody signs in with this address; nothing tells whether. Raises TooMany.

    ``address``: where one-time links lead, to which the token is added.
    """
    tries.count(Tried.LINK, email, visit)
    known = select(Person).where(Person.email == email.strip().lower(), Person.active)
    person = db.session.scalar(known)
    if person is None or person.email is None:
        return
    with transaction(SYSTEM, "link.asked_for") as work:
        link = address + make_link(person.id, now=visit.now, actor=SYSTEM)
        text = _(
            "Hello %(name)s,\n\nsomebody asked for a link to set a new password for you. If it was you, open this "
            "within a day; it works once:\n\n%(link)s\n\nIf it was not you, do nothing: your password stays.\n",
            name=person.name,
            link=link,
        )
        queue(work, person.email, _("Set a new password"), text, secret=True)
        work.note("link.asked_for", subject=f"person:{person.id}", label=person.name, address=visit.address)
