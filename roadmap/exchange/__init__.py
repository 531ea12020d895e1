"""Plans as files, to and fro (CSV, XLSX, JSON), and as copies of other plans."""
