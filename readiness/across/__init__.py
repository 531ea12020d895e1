"""The gates of many roll-outs at once: which decides, what blocks it, how it went, what waits for a word."""
