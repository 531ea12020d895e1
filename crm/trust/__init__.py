"""Whether access is what people think it is: questions with reasons, the view of another, shared records, tests."""
