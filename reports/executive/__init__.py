"""The portfolio for those who decide, as a page: the heat map, what needs a decision, the trend of readiness."""
