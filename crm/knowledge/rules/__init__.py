"""What an article is, how it is drawn, found and compared."""
