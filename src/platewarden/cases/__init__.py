"""Cases: what was taken out of the 30 days for a case number (RET-2)."""
