"""The stages that a deal goes through: adding, ordering and retiring them."""
