"""The go or no-go meeting: what it looks at, who signs, the decision that it takes, and decisions as they were."""
