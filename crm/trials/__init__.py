"""Trying a rule without doing anything: what it would do to the newest records, and what its mails would say."""
