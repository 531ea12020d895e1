"""Who was here and used what: sign-ins by the rule of 30 minutes, and features by the hour."""
