"""The gates of a roll-out and what is asked at each: gates, criteria, and the rules that make a decision of results."""
