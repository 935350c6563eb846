"""Guilds: who is in them and leads them, what is said in them, and what they do together."""
