"""How a roll-out stands, computed from its plan alone: work by day, slip, health, what comes next."""
