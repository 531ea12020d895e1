"""What happened to a record, from every source that tells of it, newest first and in pages."""
