"""What became of a roll-out once it is live: use against target, who needs help, and what is recognised."""
