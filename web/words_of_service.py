"""What each action of the help desk is called in a history."""

from __future__ import annotations

from infra.forms import lazy as _l

SERVICE: dict[str, str] = {
    "canned.added": _l("added the canned answer “%(label)s”"),
    "canned.brought_back": _l("offered the canned answer “%(label)s” again"),
    "canned.changed": _l("changed the canned answer “%(label)s”"),
    "canned.retired": _l("retired the canned answer “%(label)s”"),
    "helpdesk.joined": _l("gave a roll-out its queue"),
    "helpdesk.opened": _l("opened the help desk of a roll-out"),
    "queue.added": _l("added the queue “%(label)s”"),
    "queue.brought_back": _l("used the queue “%(label)s” again"),
    "queue.changed": _l("changed the queue “%(label)s”"),
    "queue.moved": _l("moved the queue “%(label)s” to another place"),
    "queue.retired": _l("retired the queue “%(label)s”"),
    "ticket.answered": _l("answered the ticket “%(label)s”"),
    "ticket.assigned": _l("gave the ticket “%(label)s” to somebody"),
    "ticket.linked": _l("said which problem is behind “%(label)s”"),
    "ticket.merged": _l("merged tickets into “%(label)s”"),
    "ticket.moved": _l("took the ticket “%(label)s” a step on"),
    "ticket.noted": _l("left a note on a ticket"),
    "ticket.received": _l("asked for help: “%(label)s”"),
}
