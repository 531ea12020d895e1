"""Roll-outs and their phases: start, target, calendar, state."""
