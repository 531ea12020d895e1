"""The audit trail to read, filter, export and verify."""
