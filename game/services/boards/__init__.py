"""Boards: scores in Postgres, their copy in Redis, ranks read from either, and leagues."""
