"""Telling the owner once when a must-have fails, evidence goes stale, a waiver lapses or a figure leaves its limits."""
