"""Who is credited by hand, and what Whop is asked about it: decisions, ties, appeals, look-ups."""
