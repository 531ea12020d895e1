"""Web forms, and what was sent to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import case, func, select

from crm.fields.events import MayDropField
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Field
from crm.webforms import rules
from crm.webforms.models import FormEntry, WebForm
from crm.webforms.rules import Asked, Came, FormData
from infra.database import db
from kernel.errors import NotFound
from kernel.questions import Obstacle

GONE = "There is no form at this address, or it is closed."
SHOWN = 50


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form with what came of it in the time that is known."""

    form: WebForm
    taken: int
    spam: int
    last_at: datetime | None


def forms() -> list[FormRow]:
    """Every form by name."""
    query = (
        select(
            WebForm,
            func.count(case((FormEntry.came == Came.TAKEN.value, 1))),
            func.count(case((FormEntry.came == Came.SPAM.value, 1))),
            func.max(FormEntry.at),
        )
        .outerjoin(FormEntry, FormEntry.form_id == WebForm.id)
        .group_by(WebForm.id)
        .order_by(func.lower(WebForm.name), WebForm.id)
    )
    return [FormRow(*row) for row in db.session.execute(query)]


def form(form_id: int) -> WebForm:
    """One form. Raises NotFound."""
    found = db.session.get(WebForm, form_id)
    if found is None:
        raise NotFound
    return found


def opened(token: str) -> WebForm:
    """The form that anybody may fill in at an address. Raises NotFound, also for one that is closed."""
    found = db.session.scalar(select(WebForm).where(WebForm.token == token, WebForm.active))
    if found is None:
        raise NotFound(GONE)
    return found


def entries(form_id: int) -> list[FormEntry]:
    """What was sent to a form, the last first."""
    mine = select(FormEntry).where(FormEntry.form_id == form_id)
    return list(db.session.scalars(mine.order_by(FormEntry.at.desc(), FormEntry.id.desc()).limit(SHOWN)))


def data_of(row: WebForm) -> FormData:
    """A row by value."""
    return FormData(
        row.name,
        row.title,
        tuple(Asked(key, required) for key, required in row.asked),
        row.fixed,
        row.intro,
        row.thanks,
        row.next_page,
        row.purpose,
        row.wording,
        row.consent_needed,
        row.owner_id,
        row.framed_by,
    )


def fields_of(row: WebForm) -> list[tuple[Field, bool]]:
    """The fields that a form asks for, with whether each has to be filled in; one that is gone is left out."""
    known = {each.key: each for each in rules.askable(OBJECTS["lead"].fields)}
    return [(known[key], required or known[key].needed) for key, required in row.asked if key in known]


def asking_for(question: MayDropField) -> list[Obstacle]:
    """The forms that ask for a field of leads."""
    if question.object != "lead":
        return []
    return [
        Obstacle(_("The web form “%(name)s”", name=row.name), f"/crm/setup/forms/{row.id}")
        for row in db.session.scalars(select(WebForm).order_by(WebForm.name, WebForm.id))
        if question.key in {key for key, _required in row.asked}
    ]
