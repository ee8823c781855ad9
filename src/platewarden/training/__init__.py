"""Training: three courses with questions, bulletins to acknowledge, the yearly review of the policy (TRN-1, TRN-2)."""
