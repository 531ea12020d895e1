"""The demo's CRM: who works in it and how, nine months of records, and how they come in week by week."""
