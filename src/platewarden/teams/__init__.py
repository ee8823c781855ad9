"""What a supervisor sees of their own people's use, and who answers for whom (ADM-4)."""
