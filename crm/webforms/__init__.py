"""Forms on web pages that make leads: with consent, and limits against spam."""
