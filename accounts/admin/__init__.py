"""The administrator's first page, and the audit trail to read and verify."""
