"""The rules that ship: what a sales team sets up in its first weeks. Stages are named by their key.

Each names the automation of the template that it stands for ("lead-assignment"), with a word more where there are
several: "lead-assignment.notify".
"""

from __future__ import annotations

from crm.automation.rules.parts import COMPLETE, Action, Condition, Definition, Do, Op, Trigger, When

SHIPPED: tuple[Definition, ...] = (
    Definition(
        "Lead assignment",
        "lead",
        Trigger(When.CREATED),
        actions=(
            Action(Do.ASSIGN, {"rows": [], "else": "role:sales-representative", "how": "load"}),
            Action(Do.NOTIFY, {"to": "owner", "text": "A new lead for you: {name}, {company}."}),
        ),
        description="Gives each new lead to the salesperson who fits it best, and tells them.",
        key="lead-assignment",
    ),
    Definition(
        "First call to a new lead",
        "lead",
        Trigger(When.CHANGED, "owner_id"),
        (Condition("owner_id", Op.FILLED), Condition("status", Op.IS, ("new",))),
        (Action(Do.TASK, {"name": "Call {name}", "kind": "call", "days": 1, "whose": "owner"}),),
        description="Plans a call with each lead for whoever has got it.",
        key="task-creation",
    ),
    Definition(
        "A meeting is dated",
        "activity",
        Trigger(When.CREATED),
        (
            Condition("kind", Op.IS, ("meeting",)),
            Condition("state", Op.IS, ("planned",)),
            Condition("opportunity_id", Op.FILLED),
        ),
        (Action(Do.STAGE, {"stage": "demo", "on": "opportunity_id"}),),
        description="Moves a deal on when a meeting about it is planned.",
        key="stage-updates.meeting",
    ),
    Definition(
        "A proposal is sent",
        "activity",
        Trigger(When.WRITTEN),
        (
            Condition("kind", Op.IS, ("email",)),
            Condition("state", Op.IS, ("done",)),
            Condition("name", Op.CONTAINS, ("proposal",)),
            Condition("opportunity_id", Op.FILLED),
        ),
        (Action(Do.STAGE, {"stage": "proposal", "on": "opportunity_id"}),),
        description="Moves a deal on when a proposal went out by e-mail.",
        key="stage-updates.proposal",
    ),
    Definition(
        "A deal is won",
        "opportunity",
        Trigger(When.ENTERED, "stage_id", becomes="won"),
        actions=(
            Action(Do.SET, {"field": "kind", "value": "customer", "on": "account_id"}),
            Action(Do.NOTIFY, {"to": "lead", "text": "{owner} has won it: {amount}."}),
            Action(
                Do.MAIL,
                {
                    "to": "owner",
                    "subject": "Won: {name}",
                    "body": "Congratulations, {name} is won ({amount}).\n\nHand over what service has to know:\n{link}",
                },
            ),
        ),
        description="Makes the account a customer, tells who leads the team and writes to the owner.",
        key="email-notifications",
    ),
    Definition(
        "Incomplete leads",
        "lead",
        Trigger(When.WRITTEN),
        (Condition(COMPLETE.key, Op.IS, ("no",)),),
        (Action(Do.FLAG, {"tag": "Incomplete"}),),
        description="Puts a tag on leads in which something required is missing.",
        key="data-checks",
    ),
    Definition(
        "Leads made complete",
        "lead",
        Trigger(When.CHANGED),
        (Condition(COMPLETE.key, Op.IS, ("yes",)),),
        (Action(Do.UNFLAG, {"tag": "Incomplete"}),),
        description="Takes that tag off again.",
        key="data-checks.mended",
    ),
    Definition(
        "A lead that nobody called",
        "lead",
        Trigger(When.SINCE, "created_at", amount=3, unit="days"),
        (Condition("status", Op.IS, ("new",)),),
        (Action(Do.NOTIFY, {"to": "owner", "text": "It came three days ago and is still new."}),),
        description="Reminds the owner of a lead that is still new after three days.",
        key="lead-reminder",
    ),
    Definition(
        "A promise at risk",
        "ticket",
        Trigger(When.SLA_RISK),
        actions=(
            Action(Do.NOTIFY, {"to": "owner", "text": "Its time is nearly up: answer or solve it."}),
            Action(Do.NOTIFY, {"to": "lead", "text": "Its time is nearly up; it is {owner}'s."}),
        ),
        description="Tells the agent and who leads the team before a promise to a customer is broken.",
        key="email-notifications.ticket",
    ),
)
"""In the order in which they run."""
