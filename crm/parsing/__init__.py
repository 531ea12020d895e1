"""What somebody typed, read as the value of a field: a value, a sentence that says what is wrong, or a question."""
