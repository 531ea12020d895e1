"""One look at all roll-outs for those who decide: what can go, what can't and why, and what needs a word this week."""
