"""Project templates as folders of readable data: reading, checking and listing them."""
