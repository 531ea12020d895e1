"""Files on any subject, kept by the hash of their content; the room that owns the subject says who may see and add."""
