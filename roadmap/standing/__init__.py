"""How a roll-out's dates stand against its target: one rule for pages, portfolio and reports."""
