"""What the actions about personal data are called in a history, as in `web.words`."""

from __future__ import annotations

from infra.forms import lazy as _l

OF_PRIVACY: dict[str, str] = {
    "retention.added": _l("added the rule of retention “%(label)s”"),
    "retention.changed": _l("changed the rule of retention “%(label)s”"),
    "retention.switched": _l("switched the rule of retention “%(label)s” on or off"),
    "retention.removed": _l("removed the rule of retention “%(label)s”"),
    "retention.run": _l("carried out the rule of retention “%(label)s”"),
    "retention.told": _l("told owners by the rule of retention “%(label)s”"),
    "breach.entered": _l("entered the breach “%(label)s”"),
    "breach.changed": _l("changed what is known of the breach “%(label)s”"),
    "breach.told": _l("noted whom the breach “%(label)s” was told"),
    "breach.closed": _l("closed the breach “%(label)s”"),
    "breach.reopened": _l("opened the breach “%(label)s” again"),
    "breach.watched": _l("watched the clocks of breaches"),
    "processing.begun": _l("began the register of what is done with personal data"),
    "processing.added": _l("registered “%(label)s”"),
    "processing.changed": _l("changed the register: “%(label)s”"),
    "processing.removed": _l("took “%(label)s” out of the register"),
    "privacy.erased": _l("erased somebody’s personal data"),
    "privacy.watched": _l("looked which requests about personal data are due"),
    "work.taken_over": _l("handed over somebody’s open work"),
    "request.entered": _l("entered a request about personal data: %(label)s"),
    "request.changed": _l("changed a request about personal data: %(label)s"),
    "request.extended": _l("extended a request about personal data: %(label)s"),
    "request.closed": _l("ended a request about personal data: %(label)s"),
    "request.reopened": _l("opened a request about personal data again: %(label)s"),
    "request.file_taken": _l("took out somebody’s access file"),
    "consent.noted": _l("noted an answer about %(label)s"),
    "objection.noted": _l("noted that somebody does not want to be written to"),
    "objection.ended": _l("noted that somebody wants to be written to again"),
    "purpose.added": _l("added the purpose “%(label)s”"),
    "purpose.changed": _l("changed the purpose “%(label)s”"),
    "restriction.begun": _l("restricted the use of a record"),
    "restriction.lifted": _l("lifted the restriction of a record"),
}
"""One line an action."""
