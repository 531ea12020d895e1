"""Working calendars: weekly periods, public holidays by country, exceptions."""
