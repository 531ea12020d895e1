"""A judgement as scripts read it, as people are told it, and as it is drawn."""

from readiness.verdict.rules.documents import contributions, document, kept, line_document

__all__ = ("contributions", "document", "kept", "line_document")
