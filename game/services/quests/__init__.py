"""Quests: assigned, counted, read; their windows."""
