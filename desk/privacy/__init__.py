"""What people may ask for about their personal data: their file, correction, erasure, objection, restriction."""
