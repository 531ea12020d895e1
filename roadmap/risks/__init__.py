"""The risks of a project: scores and their history, responses, reviews, links, exposure against the appetite."""
