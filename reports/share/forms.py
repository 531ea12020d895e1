"""What a browser may send about a share link."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from infra.forms import DayField, Form, number
from infra.forms import lazy as _l
from reports.share.rules import LONGEST_PHRASE, NAME_LIMIT, LinkData


class LinkForm(Form):
    """A new link."""

    name = StringField(_l("Who is it for?"), [InputRequired(_l("Say who it is for.")), Length(max=NAME_LIMIT)])
    expires = DayField(_l("Works until"), [InputRequired(_l("Choose the last day, as 2026-03-03."))])
    plan = BooleanField(_l("The plan, as a table of tasks"))
    gantt = BooleanField(_l("The roadmap, as bars"))
    reports = BooleanField(_l("Issued reports, with their PDF"))
    costs = BooleanField(_l("Costs too"))
    report = SelectField(_l("Which report"), coerce=number)
    passphrase = PasswordField(_l("Passphrase"), [Length(max=LONGEST_PHRASE)])

    def offer(self, numbers: list[int], latest: str, words: str) -> None:
        """The reports that can be chosen, after always the latest."""
        self.report.choices = [("", latest), *((str(each), words % {"number": each}) for each in numbers)]

    def chosen(self) -> LinkData:
        """What was wished for."""
        return LinkData(
            name=self.name.data or "",
            plan=self.plan.data,
            gantt=self.gantt.data,
            reports=self.reports.data,
            report=self.report.data,
            costs=self.costs.data,
            passphrase=self.passphrase.data or "",
            expires=self.expires.data,
        )
