"""The register of processing activities: what personal data is used for here, why, by whom, for how long."""
