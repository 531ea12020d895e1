"""What a ticket promises: policies, clocks that run and pause, and who is told while time runs out."""
