"""Each kind of field has its reader; `parse` picks it, `show` writes a value so that it can be read back."""

from crm.parsing.rules.dates import profile_dates
from crm.parsing.rules.reading import parse
from crm.parsing.rules.showing import show
from crm.parsing.rules.values import Hints, Parsed, hints_of

__all__ = ["Hints", "Parsed", "hints_of", "parse", "profile_dates", "show"]
