"""What tables hold of people: a heading for the access file, and what becomes of their rows when somebody is erased.

A table that is not here is found all the same (`infra/personal/queries.py`): it gets a heading of its name, free texts
in rows about an outsider are emptied, and rows of somebody who works here keep their number and lose the name.
"""

from __future__ import annotations

from infra.forms import lazy as _l
from infra.personal.rules import ERASED, Fate, Held

_DERIVED = _l("Worked out from the rest")
_OF_RECORDS = "crm.forgetting.rules"

PERSONAL_DATA: tuple[Held, ...] = (
    # Who they are.
    Held("person", _l("Account here"), of_person=Fate.BLANKED, values=f"{_OF_RECORDS}:person"),
    Held("crm_contact", _l("Contact"), values=f"{_OF_RECORDS}:contact", theirs=True),
    Held("crm_lead", _l("Lead"), values=f"{_OF_RECORDS}:lead", theirs=True),
    # What was said and done with them.
    Held("crm_activity", _l("Calls, mails, meetings and tasks"), values=f"{_OF_RECORDS}:activity", theirs=True),
    Held("crm_ticket", _l("Requests"), values=f"{_OF_RECORDS}:ticket", theirs=True),
    Held("crm_ticket_message", _l("Messages in requests")),
    Held("crm_mail_in", _l("Mails that came in"), Fate.DROPPED, Fate.DROPPED),
    Held("crm_form_entry", _l("Web forms filled in"), Fate.DROPPED),
    Held("crm_opportunity", _l("Deals"), Fate.SCRUBBED),
    Held("crm_account", _l("Accounts"), Fate.SCRUBBED),
    Held("crm_campaign_member", _l("Campaigns"), Fate.KEPT),
    Held("crm_deal_contact", _l("Part in deals"), Fate.KEPT),
    Held("crm_consent", _l("Consent"), values={"wording": "", "proof": ERASED}),
    Held("crm_restriction", _l("Restrictions"), values={"reason": ERASED}),
    Held("crm_note", _l("Notes"), Fate.DROPPED),
    Held("comment", _l("Comments"), Fate.DROPPED),
    Held("attachment", _l("Files"), Fate.DROPPED),
    Held("crm_tagging", _l("Tags"), Fate.DROPPED),
    Held("record_share", _l("Shared records"), Fate.DROPPED, Fate.DROPPED),
    Held("crm_survey_response", _l("Surveys"), Fate.KEPT, theirs=True, theirs_at_work=True),
    Held("crm_survey_answer", _l("Answers to surveys"), of_person=Fate.BLANKED),
    Held("crm_survey_invitation", _l("Invitations to surveys"), values={"name": ERASED, "email": ""}),
    Held("mail", _l("Mails sent"), Fate.DROPPED, Fate.DROPPED),
    Held("crm_mail_in", _l("Mails that came in"), Fate.DROPPED, Fate.DROPPED),
    Held("crm_form_entry", _l("Web forms sent"), Fate.DROPPED),
    Held("crm_hook_delivery", _l("Messages to webhooks"), Fate.DROPPED, Fate.DROPPED),
    Held("crm_import_problem", _l("Rows that an import refused"), Fate.DROPPED, Fate.DROPPED),
    Held("crm_source_key", _l("Names in other systems"), Fate.DROPPED),
    # Their use of the product.
    Held("sign_in_session", _l("Browsers signed in"), of_person=Fate.DROPPED),
    Held("known_browser", _l("Browsers known again"), of_person=Fate.DROPPED),
    Held("crm_visit", _l("Sign-ins"), Fate.KEPT),
    Held("crm_usage_hour", _l("Use by the hour"), Fate.KEPT),
    Held("crm_seen", _l("Records looked at"), Fate.DROPPED, Fate.DROPPED),
    Held("crm_star", _l("Starred records"), Fate.DROPPED, Fate.DROPPED),
    Held("project_visit", _l("Roll-outs visited"), of_person=Fate.DROPPED),
    Held("crm_report", _l("Reports built")),
    Held("crm_report_reader", _l("Reports got by mail"), of_person=Fate.DROPPED),
    Held("crm_report_mail", _l("Reports sent"), of_person=Fate.DROPPED),
    Held("saved_view", _l("Saved views"), of_person=Fate.DROPPED),
    Held("notice", _l("Notices"), Fate.DROPPED, Fate.DROPPED),
    Held("notice_choice", _l("Wishes about notices"), of_person=Fate.DROPPED),
    Held("notice_rhythm", _l("Rhythm of the digest"), of_person=Fate.DROPPED),
    Held("weekly_choice", _l("Wish for the weekly word"), of_person=Fate.DROPPED),
    Held("recognition_opt_out", _l("Wish not to be named"), of_person=Fate.DROPPED),
    # Their place and their work.
    Held("membership", _l("Roles"), of_person=Fate.DROPPED),
    Held("crm_holder", _l("Roles in the CRM"), of_person=Fate.DROPPED),
    Held("team_member", _l("Team"), of_person=Fate.DROPPED),
    Held(
        "access_review_line",
        _l("Reviews of access"),
        of_person=Fate.BLANKED,
        values={"person_name": ERASED, "email": ""},
    ),
    Held("absence", _l("Days off")),
    Held("part_time", _l("Part time")),
    Held("time_entry", _l("Time sheets"), of_person=Fate.BLANKED),
    Held("task", _l("Tasks")),
    Held("project_named", _l("Roll-outs that are for them"), of_person=Fate.DROPPED),
    Held("calendar_feed", _l("Calendar addresses"), of_person=Fate.DROPPED),
    Held("action_item", _l("Action items")),
    Held("checklist_item", _l("Items of checklists")),
    Held("risk", _l("Risks")),
    Held("risk_response", _l("Responses to risks")),
    Held("privacy_request", _l("Requests about personal data"), values={"note": "", "answer": ""}),
    # What never leaves.
    Held("second_factor", _l("Second factor"), of_person=Fate.DROPPED, told=False),
    Held("recovery_code", _l("Recovery codes"), of_person=Fate.DROPPED, told=False),
    Held("one_time_link", _l("One-time links"), of_person=Fate.DROPPED, told=False),
    Held("crm_duplicate_key", _DERIVED, Fate.KEPT, told=False),
    Held("crm_record_quality", _DERIVED, Fate.KEPT, told=False),
    Held("crm_field_value", _DERIVED, Fate.KEPT, told=False),
)
"""Headings and fates; a new table that holds something of people is a line here."""
