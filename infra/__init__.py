"""Adapters to the world outside the rules: database, transaction, audit trail, files, lists, sheets, jobs."""
