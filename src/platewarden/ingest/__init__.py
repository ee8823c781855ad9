"""The one way in: reads are checked, sealed, stored, matched and alerted in one transaction."""
