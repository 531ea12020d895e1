"""Ready or not: a gate judged on the evidence of the moment, and a snapshot of each day."""
