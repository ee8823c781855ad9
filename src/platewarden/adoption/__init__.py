"""Policy values as the agency has adopted them: dated, proposed by one person, approved by another."""
