"""Addresses under which calendar programs read somebody's work or a plan: secret, and withdrawn at any time."""
