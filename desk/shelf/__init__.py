"""The shelf of templates: those shipped, and one's own, which are saved from a roll-out, edited, versioned, shared."""
