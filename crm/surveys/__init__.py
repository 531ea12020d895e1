"""Questions that are asked of many, and what the answers add up to."""
