"""The audit of all searches, twice a year: drawn up, checked, signed, delivered to the Undersheriff, kept (AUD-2)."""
