"""The pages on which an organisation shapes its records: fields of its own, rules over several fields, layouts."""
