"""What the public sees: measured figures by month, the policy, and how to verify the ledger (TPR-1)."""
