"""What the pages of branches may send; limits come from the rules."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from infra.forms import Form
from infra.forms import lazy as _l
from roadmap.branches.rules import NAME_LIMIT, WHY_LIMIT


class BranchForm(Form):
    """What is tried, and why."""

    name = StringField(
        _l("What is tried"), [InputRequired(_l("Say what is tried: “Two more trainers”.")), Length(max=NAME_LIMIT)]
    )
    why = TextAreaField(_l("Why"), [Length(max=WHY_LIMIT, message=_l("At most %(max)d characters fit."))])
