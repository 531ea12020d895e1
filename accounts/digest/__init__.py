"""Mail made of notices: at once, or gathered once a day or a week."""
