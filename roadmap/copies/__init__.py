"""A project started again from another: its plan, its calendars and who works on it, without its progress."""
