"""What the figures of service are counted from: clocks of tickets, first contacts, and what customers answered."""
