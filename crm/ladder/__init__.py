"""Who is told while the time of a ticket runs out, rung by rung, and tickets that escalate by themselves."""
