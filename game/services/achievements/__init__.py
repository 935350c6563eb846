"""Achievements as they are shown."""
