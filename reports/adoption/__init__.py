"""The adoption of a roll-out on paper: the sentence, the figures against their targets, groups, coming on board."""
