"""The pages on which the CRM is set up, in the order of their index; a new one is a line here."""

from __future__ import annotations

from infra.forms import lazy as _l

_WHO, _HOW = _l("Who may do what"), _l("How the CRM works")
"""The groups of the index."""

SETUP_PAGES: tuple[tuple[str, str, str, str, str], ...] = (
    (_WHO, _l("Roles"), _l("Who holds which role, and what each may do"), "crm_roles.page", "crm.access"),
    (_WHO, _l("Teams"), _l("Which team stands below which, and who is in it"), "crm_teams.page", "crm.access"),
    (_WHO, _l("Ruled out"), _l("What no change of roles may bring about"), "crm_roles.invariant_list", "crm.access"),
    (_WHO, _l("Ask"), _l("Can somebody do this to that record, and why"), "trust.ask", "crm.access"),
    (
        _WHO,
        _l("Permission tests"),
        _l("Whether access is as it should be, kept as evidence"),
        "trust.tests",
        "crm.permission_tests",
    ),
    (_WHO, _l("Look as somebody else"), _l("The CRM as a colleague sees it"), "trust.view_as", "crm.view_as"),
    (
        _HOW,
        _l("Stages"),
        _l("Through which stages a deal goes, and how likely each is"),
        "crm_stages.page",
        "crm.setup",
    ),
    (
        _HOW,
        _l("Service levels"),
        _l("How soon tickets are answered and solved, and who is told when time runs out"),
        "sla.page",
        "crm.setup",
    ),
    (_HOW, _l("Priorities"), _l("Which tickets are urgent: severity by impact"), "urgency.page", "crm.setup"),
    (_HOW, _l("Queues"), _l("Where tickets wait, and which team answers them"), "desk_setup.queues", "crm.setup"),
    (_HOW, _l("Canned answers"), _l("What agents write again and again"), "desk_setup.answers", "crm.setup"),
    (_HOW, _l("Mailboxes"), _l("Mail that becomes tickets or activities"), "mailbox.page", "crm.setup"),
    (_HOW, _l("Web forms"), _l("Forms on your pages that make leads, with consent"), "webforms.page", "crm.setup"),
    (
        _HOW,
        _l("Fields"),
        _l("Fields of your own, what is asked for, rules over several fields, and layouts"),
        "crm_fields.index",
        "crm.setup",
    ),
    (
        _HOW,
        _l("Converting leads"),
        _l("Where fields of your own go when a lead becomes account, contact and deal"),
        "crm_conversion.map_page",
        "crm.setup",
    ),
    (_HOW, _l("Tags"), _l("Which words records carry, and how many carry each"), "crm_tags.page", "crm.setup"),
    (_HOW, _l("Modules"), _l("Sales, marketing and service on and off"), "modules.page", "crm.setup"),
    (_HOW, _l("Map"), _l("What hangs on what, and how business runs through it"), "modules.map_", "crm.use"),
    (_WHO, _l("Use"), _l("Who was here and used what, and for how long that is kept"), "crm_usage.page", "crm.usage"),
    (
        _WHO,
        _l("Purposes"),
        _l("What personal data is used for, and who agreed"),
        "crm_consent.purposes",
        "crm.privacy",
    ),
    (_WHO, _l("Retention"), _l("How long records of people are kept"), "retention.page", "crm.privacy"),
    (
        _HOW,
        _l("Automations"),
        _l("What works by itself: when, on which records, and what it does"),
        "acting.page",
        "crm.automations",
    ),
    (_HOW, _l("Webhooks"), _l("Where data is sent by itself, and what came in there"), "hooks.page", "crm.automations"),
    (_HOW, _l("Rates"), _l("What a currency is worth, from which day on"), "crm_rates.page", "crm.setup"),
)
"""Group, page, the sentence that says what it is for, endpoint, and the permission that it needs."""
