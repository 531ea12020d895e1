"""The policy that holds."""

from __future__ import annotations

from sqlalchemy import select

from adoption.policy.models import AdoptionPolicy
from adoption.policy.rules import USUAL, Visible
from crm.usage import queries as usage
from crm.usage.rules import GROUPS
from infra.database import db
from infra.memo import remembered


@remembered
def decided() -> Visible:
    """What was decided about the figures of use, or the usual policy."""
    found = db.session.scalars(select(AdoptionPolicy.visible).limit(1)).first()
    return USUAL if found is None else Visible(found)


def visible() -> Visible:
    """Who sees people by name: where the log of use names nobody, nobody is named here either."""
    return Visible.GROUPS if usage.policy().visible == GROUPS else decided()
