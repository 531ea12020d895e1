"""What a browser may send about articles."""

from __future__ import annotations

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from crm.knowledge.rules import articles as rules
from crm.knowledge.rules.articles import ArticleData, Audience
from infra.forms import Form
from infra.forms import lazy as _l

LONGEST_NUMBER = 9
_LONG = _l("At most %(max)d characters fit.")


class ArticleForm(Form):
    """An article."""

    title = StringField(
        _l("Title"),
        [
            InputRequired(_l("Give the article a title: the question that it answers.")),
            Length(max=rules.TITLE, message=_LONG),
        ],
    )
    summary = StringField(_l("In one sentence"), [Length(max=rules.SUMMARY, message=_LONG)])
    body = TextAreaField(_l("Article"), [Length(max=rules.BODY, message=_LONG)])
    category = StringField(_l("Category"), [Length(max=rules.CATEGORY, message=_LONG)])
    audience = SelectField(
        _l("For whom"), choices=[SelectChoice(key.value, _l(label)) for key, label in rules.AUDIENCES.items()]
    )
    note = StringField(_l("What changed, and why"), [Length(max=rules.NOTE, message=_LONG)])
    number = HiddenField(default="0")

    def article(self) -> ArticleData:
        """What was sent."""
        return ArticleData(
            self.title.data or "",
            self.body.data or "",
            self.summary.data or "",
            self.category.data or "",
            Audience(self.audience.data),
            self.note.data or "",
        )

    def version(self) -> int:
        """The version that was read before it was changed; 0 for none."""
        text = self.number.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else 0
