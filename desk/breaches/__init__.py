"""The log of breaches of personal data: the clock of 72 hours, and the notices that are owed."""
