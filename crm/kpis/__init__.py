"""The figures of the CRM: each with its rule, what it was counted from, and the records behind."""
