"""What a roll-out is for: objectives with a figure, a frozen baseline, and what has come of them."""
