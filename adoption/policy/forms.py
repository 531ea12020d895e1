"""What a browser may send about the policy."""

from __future__ import annotations

from wtforms import RadioField

from adoption.policy import charts
from infra.forms import Form
from infra.forms import lazy as _l


class PolicyForm(Form):
    """Who sees people by name."""

    visible = RadioField(_l("Who sees people by name"), choices=lambda: list(charts.choices().items()))
