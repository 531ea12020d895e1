"""Mail that comes in: it makes tickets, goes on with their conversations, and is written down as activities."""
