"""Who finds a report, and when it is sent."""
