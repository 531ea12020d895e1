"""The recycle bin: what was deleted, the way back, and what is gone for good after a while."""
