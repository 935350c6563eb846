"""Money of payments: what is posted for each, and how it is read."""
