"""Reports that were issued: drafted, numbered, frozen, sent, and only ever superseded by another."""
