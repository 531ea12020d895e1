"""Who is asked by a survey, by which way, and what they answer."""
