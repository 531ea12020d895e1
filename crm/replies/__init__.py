"""What is said about tickets goes out by mail, within the thread that it belongs to."""
