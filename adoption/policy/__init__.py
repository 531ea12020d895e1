"""Who may see whose use: what the organisation decided, and what follows from it for a reader."""
