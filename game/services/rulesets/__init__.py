"""A company's rules as they hold: versions, time zones, owner, and the words they give."""
