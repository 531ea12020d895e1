"""Ready or not: what the evidence says about a roll-out."""
