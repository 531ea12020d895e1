"""A plan as a calendar that other programs read (iCalendar, RFC 5545)."""
