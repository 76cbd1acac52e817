"""The proof: one description of a calculation, run at every stage, and the results compared."""
