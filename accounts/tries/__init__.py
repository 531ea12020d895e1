"""The count of tries: passwords, codes and requests for links, by account and by network address."""
