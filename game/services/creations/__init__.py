"""What creators add to the game: quests, achievements, perks; made, changed, listed."""
