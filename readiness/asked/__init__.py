"""The page on which is decided what is asked at gates: add, change, drop, ask again."""
