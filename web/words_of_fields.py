"""What each action on fields and rules over them is called in a history."""

from __future__ import annotations

from infra.forms import lazy as _l

FIELDS: dict[str, str] = {
    "own_check.added": _l("added the rule “%(label)s”"),
    "own_check.changed": _l("switched the rule “%(label)s”"),
    "own_check.removed": _l("took the rule “%(label)s” away"),
    "own_field.added": _l("added the field “%(label)s”"),
    "own_field.changed": _l("changed the field “%(label)s”"),
    "own_field.converted": _l("gave the field “%(label)s” another kind"),
    "own_field.deleted": _l("deleted the field “%(label)s”"),
    "own_field.forgotten": _l("forgot the values of the field “%(label)s”"),
    "own_field.found_anew": _l("made the table of values anew"),
    "own_field.laid_out": _l("laid fields out"),
    "own_field.moved": _l("put the fields into another order"),
    "own_field.restored": _l("brought the field “%(label)s” back"),
    "own_field.set": _l("set what is asked for"),
}
"""The actions of the room of fields."""
