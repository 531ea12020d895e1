"""The work list of quality: one flawed record after the other, with the fields to mend."""
