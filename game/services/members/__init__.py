"""Companies and members: how they come, are locked, sign in and are shown."""
