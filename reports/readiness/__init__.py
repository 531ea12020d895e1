"""The readiness pack: a gate on paper, one page for an executive, then every criterion, word and decision behind it."""
