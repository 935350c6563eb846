"""What a creator arranges for the company: its name, clock, team, and what its links sell."""
