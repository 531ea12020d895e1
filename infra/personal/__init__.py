"""What is held of one person, found from the tables themselves, and its erasure from rows, files and trail."""
