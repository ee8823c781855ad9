"""The register of duties: everything that people must do by a date, in one place, and as a calendar."""
