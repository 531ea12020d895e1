"""What an account bought in twelve months and what is open with it, as far as the reader may see the deals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.objects.rules.catalogue import ACCOUNT, OPPORTUNITY
from crm.pipeline import queries as pipeline
from crm.pipeline.queries import Asked
from crm.pipeline.rules import Filters, Sums
from crm.records import queries as records

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Standing:
    """An account with its deals: ``won`` those of twelve months by close date, ``open`` all that are open now.

    Sums are in ``base``; ``amounts`` says whether the reader may see amounts at all.
    """

    account_id: int
    name: str
    won: Sums
    open: Sums
    base: str
    amounts: bool


def standing(access: Access, account_id: int, now: datetime, today: date) -> Standing | None:
    """How an account stands; None where the reader may not see it, or no deals of accounts."""
    name = records.names(access, ACCOUNT, [account_id]).get(account_id)
    linked = access_rules.may(access, access_rules.SEE, OPPORTUNITY, None, "account_id")
    if name is None or not linked or not pipeline.may_see_board(access):
        return None
    asked = Asked(access, now, today)
    year = Filters(account_id=account_id, outcome="won", closes_from=today - YEAR, closes_to=today)
    won, base = pipeline.sums_of(asked, year)
    still_open, base = pipeline.sums_of(asked, Filters(account_id=account_id))
    amounts = access_rules.may(access, access_rules.SEE, OPPORTUNITY, None, "amount")
    return Standing(account_id, name, won, still_open, base, amounts)
