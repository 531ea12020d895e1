"""The administrator's first page: where to go, and who one is here."""
