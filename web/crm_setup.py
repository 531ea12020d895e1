"""The pages on which the CRM is set up, in the order of their index; a new one is a line here."""

from __future__ import annotations

from infra.forms import lazy as _l

_WHO, _HOW = _l("Who may do what"), _l("How the CRM works")
"""The groups of the index."""

SETUP_PAGES: tuple[tuple[str, str, str, str, str], ...] = (
    (_WHO, _l("Roles"), _l("Who holds which role, and what each may do"), "crm_roles.page", "crm.access"),
    (_WHO, _l("Teams"), _l("Which team stands below which, and who is in it"), "crm_teams.page", "crm.access"),
    (_WHO, _l("Ruled out"), _l("What no change of roles may bring about"), "crm_roles.invariant_list", "crm.access"),
)
"""Group, page, the sentence that says what it is for, endpoint, and the permission that it needs."""
