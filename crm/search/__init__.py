"""Finding records by words in what one may see, typos and accents forgiven."""
