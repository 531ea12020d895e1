"""The health of a roll-out by indicator: computed, claimed, and where the two contradict each other."""
