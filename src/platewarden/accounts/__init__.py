"""People, agencies and roles: who may sign in and as what (USE-2, ADM-1..4)."""
