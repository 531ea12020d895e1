"""What a report asks, and the stretches of days that it is told apart by."""
