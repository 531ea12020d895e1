"""Whom a question would reach: people here, or contacts who may be written to."""
