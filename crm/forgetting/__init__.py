"""Who a lead or contact is across the CRM, and what is left of them when they are erased."""
