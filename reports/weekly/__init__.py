"""The weekly word to those who decide: one page as a PDF, once a week, to whom it concerns."""
