"""The live connection: from Redis to each member's browsers, with Postgres for what was missed."""
