"""What a browser may send when it offers help."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from infra.forms import Form
from infra.forms import lazy as _l


class OfferForm(Form):
    """To whom, for which gap, and the feature where one is to be shown."""

    about = StringField(_l("Whom"), [InputRequired(), Length(max=120)])
    gap = StringField(_l("What is missing"), [InputRequired(), Length(max=20)])
    feature = StringField(_l("Feature"), [Length(max=20)])
