"""The words that every package shares: actor, permission, errors, events, questions, working time."""
