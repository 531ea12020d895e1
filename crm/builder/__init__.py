"""Reports that people build: kept, shared, drawn, as files, and sent by mail to each reader with their own access."""
