"""The audit trail: derived from what was flushed, salted, sealed into a chain, verifiable by anyone."""
