"""The rules of service levels, without a database: clocks, and the policies that set them."""
