"""Which role may open which door: one line a route, by endpoint. A route without a line fails the test.

The roles are those of one project: "outsider" signs in and has no role in it, "administrator" has none in it either.
Routes that ask for a sign-in only are open to an outsider; what they do then depends on the record (a comment, a file,
an undo), which the tests of that room show.
"""

from __future__ import annotations

ROLES = ("anonymous", "outsider", "administrator", "manager", "member", "stakeholder", "executive")

EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {"anonymous"}
ADMINISTRATORS = frozenset({"administrator"})
TEAM = SIGNED_IN - {"outsider"}
"""Whoever holds any role in the project, and administrators."""
MANAGERS = frozenset({"administrator", "manager"})
WORKERS = MANAGERS | {"member"}
"""Those who do the work: managers and members."""

TABLE: dict[str, frozenset[str]] = {
    # Shared parts of infra, whose answers depend on the record.
    "comments.add": SIGNED_IN,
    "comments.change": SIGNED_IN,
    "comments.delete": SIGNED_IN,
    "comments.edit": SIGNED_IN,
    "files.add": SIGNED_IN,
    "files.delete": SIGNED_IN,
    "files.download": SIGNED_IN,
    "undo.perform": SIGNED_IN,
    "views.default": SIGNED_IN,
    "views.delete": SIGNED_IN,
    "views.rename": SIGNED_IN,
    "views.save": SIGNED_IN,
    # Signing in, and one's own account.
    "sign_in.page": EVERYBODY,
    "sign_in.enter": EVERYBODY,
    "sign_in.link": EVERYBODY,
    "sign_in.use_link": EVERYBODY,
    "sign_in.out": SIGNED_IN,
    "sign_in.account": SIGNED_IN,
    "sign_in.change_password": SIGNED_IN,
    "sign_in.theme": SIGNED_IN,
    "sign_in.end": SIGNED_IN,
    "sign_in.end_all": SIGNED_IN,
    # Administration.
    "admin.page": ADMINISTRATORS,
    "system.page": ADMINISTRATORS,
    "audit.page": ADMINISTRATORS,
    "audit.verify": ADMINISTRATORS,
    "people.page": ADMINISTRATORS,
    "people.new": ADMINISTRATORS,
    "people.add": ADMINISTRATORS,
    "people.profile": ADMINISTRATORS,
    "people.edit": ADMINISTRATORS,
    "people.change": ADMINISTRATORS,
    "people.invite": ADMINISTRATORS,
    "people.switch_off": ADMINISTRATORS,
    "people.switch_on": ADMINISTRATORS,
    "people.sign_out": ADMINISTRATORS,
    "calendars.page": ADMINISTRATORS,
    "calendars.new": ADMINISTRATORS,
    "calendars.add": ADMINISTRATORS,
    "calendars.calendar": ADMINISTRATORS,
    "calendars.change": ADMINISTRATORS,
    "calendars.add_exception": ADMINISTRATORS,
    "calendars.remove_exception": ADMINISTRATORS,
    "outbox.page": ADMINISTRATORS,
    "outbox.mail": ADMINISTRATORS,
    "outbox.retry": ADMINISTRATORS,
    "outbox.retry_all": ADMINISTRATORS,
    "outbox.cancel": ADMINISTRATORS,
    # The roadmap.
    "gantt.page": TEAM,
    "gantt.on_paper": TEAM,
    "gantt.pdf": TEAM,
    "report.page": TEAM,
    "report.pdf": TEAM,
    # How a roll-out stands.
    "standing.page": TEAM,
    "standing.claim": MANAGERS,
    "standing.withdraw": MANAGERS,
    "standing.tolerances": MANAGERS,
    # The desk: everybody's own pages, and a roll-out's first page.
    "portfolio.page": SIGNED_IN,
    "my_work.page": SIGNED_IN,
    "search.page": SIGNED_IN,
    "overview.page": TEAM,
    # Action items; what a member may change are their own.
    "actions.table": TEAM,
    "actions.page": TEAM,
    "actions.new": WORKERS,
    "actions.add": WORKERS,
    "actions.edit": WORKERS,
    "actions.tick": WORKERS,
    "actions.close": WORKERS,
    "actions.bulk": WORKERS,
    # Phases, and what is foreseen in them.
    "foreseen.index": TEAM,
    "foreseen.phase": TEAM,
    "foreseen.charter": TEAM,
    "foreseen.set_state": WORKERS,
    "foreseen.change": WORKERS,
    "foreseen.bulk": WORKERS,
    # A new roll-out.
    "setup.new": SIGNED_IN,
    "setup.dates": SIGNED_IN,
    "setup.create": SIGNED_IN,
    # Checklists: everybody in the project reads, those who work tick, managers lay them out.
    "checklists.page": TEAM,
    "checklists.show": TEAM,
    "checklists.arrange": MANAGERS,
    "checklists.copy": MANAGERS,
    "checklists.remove_section": MANAGERS,
    "checklists.rename_section": MANAGERS,
    "checklists.paper": TEAM,
    "checklists.item": TEAM,
    "checklists.tick": WORKERS,
    "checklists.note": WORKERS,
    "checklists.bulk": WORKERS,
    "checklists.add_evidence": WORKERS,
    "checklists.remove_evidence": WORKERS,
    "checklists.new": MANAGERS,
    "checklists.edit": MANAGERS,
    "checklists.remove": MANAGERS,
    "checklists.next_round": MANAGERS,
    "checklists.add_section": MANAGERS,
    "checklists.add_item": MANAGERS,
    "checklists.change_item": MANAGERS,
    "checklists.move_item": MANAGERS,
    "checklists.remove_item": MANAGERS,
    # The shell.
    "health.alive": EVERYBODY,
    "health.ready": EVERYBODY,
    "health.metrics": ADMINISTRATORS,
    "jobs.page": ADMINISTRATORS,
    "dev.components": EVERYBODY,
    # The plan and its team.
    "tasks.table": TEAM,
    "tasks.page": TEAM,
    "tasks.add": MANAGERS,
    "tasks.cell": MANAGERS,
    "tasks.report": WORKERS,
    "tasks.edit": MANAGERS,
    "tasks.move": MANAGERS,
    "tasks.delete": MANAGERS,
    "tasks.link": MANAGERS,
    "tasks.bulk": MANAGERS,
    "exchange.upload": SIGNED_IN,
    "exchange.look": SIGNED_IN,
    "exchange.create": SIGNED_IN,
    "exchange.export": TEAM,
    "tasks.start": MANAGERS,
    "tasks.change_start": MANAGERS,
    "projects.settings": MANAGERS,
    "projects.change": MANAGERS,
    "projects.copy": MANAGERS,
    "projects.finish": MANAGERS,
    "projects.reopen": MANAGERS,
    "projects.archive": MANAGERS,
    "projects.unarchive": MANAGERS,
    "team.page": TEAM,
    "team.new_role": MANAGERS,
    "team.add_role": MANAGERS,
    "team.edit_role": MANAGERS,
    "team.change_role": MANAGERS,
    "team.add_member": MANAGERS,
    "team.remove_member": MANAGERS,
}
