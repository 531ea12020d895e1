"""One record with everything about it: its page, its forms, made from the catalogue, and what other rooms add to it."""
