"""How a roll-out stands, computed from its plan alone: its health, its work by day, its go-live and what comes next."""
