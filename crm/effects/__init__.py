"""What the actions of a rule would do to records, and doing it to many at once."""
