"""A judgement as scripts read it, as people are told it, and as it is drawn."""

from readiness.verdict.rules.documents import asked_at, contributions, document, kept, line_document, standing_then

__all__ = ("asked_at", "contributions", "document", "kept", "line_document", "standing_then")
