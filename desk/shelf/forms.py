"""What the pages of templates may send; limits come from the rules."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from desk.shelf.rules.grants import NAME_LIMIT, NOTE_LIMIT, TEXT_LIMIT
from desk.template.rules.documents import MAX_CHARACTERS
from infra.forms import Form
from infra.forms import lazy as _l


class SaveForm(Form):
    """A roll-out saved as a template: a new one, or the next version of one's own."""

    into = SelectField(_l("Save as"))
    name = StringField(_l("Name"), [Length(max=NAME_LIMIT)])
    description = TextAreaField(_l("What it is for"), [Length(max=TEXT_LIMIT)])
    note = StringField(_l("What is new"), [Length(max=NOTE_LIMIT)])


class HeadForm(Form):
    """Name and description of a template."""

    name = StringField(_l("Name"), [InputRequired(_l("Give the template a name.")), Length(max=NAME_LIMIT)])
    description = TextAreaField(_l("What it is for"), [Length(max=TEXT_LIMIT)])


class TextForm(Form):
    """The whole template as YAML, and which version it was read from."""

    text = TextAreaField(_l("The template"), [InputRequired(), Length(max=MAX_CHARACTERS)])
    base = StringField()
    note = StringField(_l("What you changed"), [Length(max=NOTE_LIMIT)])


class FileForm(Form):
    """A template from a file."""

    file = FileField(_l("ZIP archive or YAML file"), [FileRequired(_l("Choose a file first."))])
    name = StringField(_l("Name"), [Length(max=NAME_LIMIT)])
