"""Webhooks: where data is sent by itself, signed and tried again, and what became of each message."""
