"""The roles against which every route is tried, and the groups of them that doors open for."""

from __future__ import annotations

ROLES = (
    "anonymous",
    "outsider",
    "administrator",
    "manager",
    "member",
    "stakeholder",
    "executive",
    "representative",
    "sales manager",
    "marketer",
    "agent",
    "crm executive",
)

EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {"anonymous"}
ADMINISTRATORS = frozenset({"administrator"})
CRM_USERS = frozenset({"administrator", "representative", "sales manager", "marketer", "agent", "crm executive"})
"""Whoever holds a role of the CRM, and administrators, who hold that of its administrator."""
QUALITY = CRM_USERS - {"crm executive"}
MERGERS = frozenset({"administrator", "sales manager"})
FIGURE_READERS = CRM_USERS - {"agent"}
"""Whose roles of the CRM, as shipped, read dashboards and figures."""
SURVEYORS = frozenset({"administrator", "marketer"})
"""Whose roles of the CRM, as shipped, write surveys (and that of a service manager)."""
WRITERS = frozenset({"administrator", "agent"})
"""Whose roles of the CRM, as shipped, write articles (and that of a service manager)."""
CRM_ADMINISTRATORS = frozenset({"administrator"})
TEAM = SIGNED_IN - (CRM_USERS - {"administrator"}) - {"outsider"}
"""Whoever holds any role in the project, and administrators."""
MANAGERS = frozenset({"administrator", "manager"})
DECIDERS = MANAGERS | {"executive"}
"""Those who look after the money: managers and executives."""
WORKERS = MANAGERS | {"member"}
"""Those who do the work: managers and members."""
