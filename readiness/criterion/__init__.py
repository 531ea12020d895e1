"""The page of one criterion: what is asked, how it stands, what that rests on, statements and waivers."""
