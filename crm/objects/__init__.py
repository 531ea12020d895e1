"""What the CRM keeps: its objects, their fields, how they hang together, and in which module each stands."""
