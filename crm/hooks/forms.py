"""What a browser may send about webhooks."""

from __future__ import annotations

from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

from infra.forms import Form
from infra.forms import lazy as _l


class HookForm(Form):
    """A webhook: its name, its address, and whether personal fields go along."""

    name = StringField(_l("Name"), [InputRequired(_l("Write a name."))])
    url = StringField(_l("Address"), [InputRequired(_l("Write an address that begins with https://."))])
    personal = BooleanField(_l("Send names, addresses and numbers of people, too"))
