"""How long records of people are kept: rules with a preview, carried out each night, with a log."""
