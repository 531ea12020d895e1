"""What a browser may send about surveys."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as MayLack

from accounts.teams import queries as teams
from crm.access.rules import Access
from crm.objects.rules.catalogue import ACCOUNT, CAMPAIGN
from crm.records import queries as records
from crm.records.models import Campaign
from crm.respondents.rules import AMONG, AUDIENCES, Audience
from crm.surveys.rules import questions as asking
from crm.surveys.rules import surveys as rules
from crm.surveys.rules.questions import Kind, QuestionData
from crm.surveys.rules.surveys import SurveyData
from infra.database import db
from infra.forms import DayField, Form, number
from infra.forms import lazy as _l

_LONG = _l("At most %(max)d characters fit.")
_WHOLE = _l("Write a whole number.")


class WholeField(IntegerField):
    """A whole number, with our own sentence for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. Raises ValueError."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_WHOLE) from None


class SurveyForm(Form):
    """What a survey is called, whom it asks, and how."""

    name = StringField(
        _l("Name"), [InputRequired(_l("Give the survey a name.")), Length(max=rules.NAME, message=_LONG)]
    )
    intro = TextAreaField(_l("What is said before the questions"), [Length(max=rules.INTRO, message=_LONG)])
    thanks = TextAreaField(_l("What is said after them"), [Length(max=rules.INTRO, message=_LONG)])
    audience = SelectField(
        _l("Who is asked"), choices=[SelectChoice(key.value, _l(label)) for key, label in AUDIENCES.items()]
    )
    teams = SelectMultipleField(_l("Teams"), coerce=int)
    kind = SelectField(_l("Accounts of the kind"), default="")
    region = SelectField(_l("Region"), default="")
    industry = SelectField(_l("Industry"), default="")
    campaign_id = SelectField(_l("Members of the campaign"), coerce=number)
    anonymous = BooleanField(_l("Anonymous: nobody can tell who answered what"))
    minimum = WholeField(_l("Results from so many answers on"), [MayLack()])
    by_mail = BooleanField(_l("Also by mail, with a link that works once"))
    remind_after = WholeField(_l("Remind once after so many days"), [MayLack()])
    closes_on = DayField(_l("Last day"), [MayLack()])
    topic = StringField(_l("Topic"), [Length(max=rules.TOPIC, message=_LONG)])

    def offer(self, access: Access) -> SurveyForm:
        """Fill the choices in: three statements."""
        self.teams.choices = [SelectChoice(each.id, each.name) for each in teams.teams()]
        for key in ("kind", "region", "industry"):
            listed = [SelectChoice(value, _l(label)) for value, label in ACCOUNT.field(key).choices]
            self[key].choices = [SelectChoice("", _l("Any")), *listed]
        rows = db.session.scalars(records.seen(access, CAMPAIGN).order_by(Campaign.name).limit(500)).all()
        named = [SelectChoice(number, name) for number, name in records.called(access, CAMPAIGN, rows).items()]
        self.campaign_id.choices = [SelectChoice("", _l("Any")), *named]
        return self

    def survey(self) -> SurveyData:
        """What was sent."""
        anonymous = bool(self.anonymous.data)
        return SurveyData(
            self.name.data or "",
            self.topic.data or "",
            self.intro.data or "",
            self.thanks.data or "",
            Audience(self.audience.data),
            tuple(sorted(set(self.teams.data or ()))),
            {key: self[key].data for key in AMONG},
            anonymous,
            (rules.ANONYMOUS_MINIMUM if anonymous else 1) if self.minimum.data is None else self.minimum.data,
            bool(self.by_mail.data),
            self.remind_after.data or 0,
            self.closes_on.data,
        )


def filled(data: SurveyData, access: Access) -> SurveyForm:
    """The form with what holds now."""
    values = {
        "name": data.name,
        "intro": data.intro,
        "thanks": data.thanks,
        "audience": data.audience.value,
        "teams": list(data.teams),
        **{key: data.among.get(key, "") for key in AMONG if key != "campaign_id"},
        "campaign_id": data.among.get("campaign_id"),
        "anonymous": data.anonymous,
        "minimum": data.minimum,
        "by_mail": data.by_mail,
        "remind_after": data.remind_after or None,
        "closes_on": data.closes_on,
        "topic": data.topic,
    }
    return SurveyForm(formdata=None, data=values).offer(access)


class QuestionForm(Form):
    """A question."""

    kind = SelectField(
        _l("How it is answered"), choices=[SelectChoice(key.value, _l(label)) for key, label in asking.LABELS.items()]
    )
    text = StringField(
        _l("Question"), [InputRequired(_l("Write the question.")), Length(max=asking.TEXT, message=_LONG)]
    )
    choices = TextAreaField(_l("Answers to choose from, one a line"))
    points = SelectField(
        _l("Points of the scale"),
        coerce=int,
        default=5,
        choices=[SelectChoice(each, str(each)) for each in asking.POINTS],
    )
    low = StringField(_l("What the lowest means"), [Length(max=asking.END, message=_LONG)])
    high = StringField(_l("What the highest means"), [Length(max=asking.END, message=_LONG)])
    needed = BooleanField(_l("It has to be answered"))

    def question(self) -> QuestionData:
        """What was sent."""
        lines = tuple((self.choices.data or "").splitlines())
        return QuestionData(
            Kind(self.kind.data),
            self.text.data or "",
            bool(self.needed.data),
            lines,
            self.points.data,
            self.low.data or "",
            self.high.data or "",
        )


def filled_question(each: asking.Question) -> QuestionForm:
    """The form with a question as it is."""
    values = {
        "kind": each.kind.value,
        "text": each.text,
        "choices": "\n".join(each.choices),
        "points": each.points,
        "low": each.low,
        "high": each.high,
        "needed": each.needed,
    }
    return QuestionForm(formdata=None, data=values)


def apart(form: QuestionForm, mark: str) -> QuestionForm:
    """The form with ids of its own, so that several stand on one page."""
    for each in form:
        each.id = each.label.field_id = f"{mark}-{each.name}"
    return form
