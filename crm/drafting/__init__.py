"""The form in which people build a report, with a look at what it would show."""
