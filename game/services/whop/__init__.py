"""Whop itself: its API, its tokens, its signatures."""
