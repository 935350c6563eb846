"""Links, clicks, checkouts, and who was brought by whom."""
