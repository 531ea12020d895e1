"""Comments on any subject, such as ``task:12``; the room that owns the subject says who may see and write."""
