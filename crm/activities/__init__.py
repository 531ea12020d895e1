"""What was done and what is planned with a record: calls, mails, meetings and tasks, and the next step."""
