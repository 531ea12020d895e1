"""Where the evidence for criteria comes from: the table of sources, and signed statements where nothing measures."""
