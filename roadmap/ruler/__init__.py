"""The ruler: ninety days as ticks, with today, the target and the go-live on it."""
