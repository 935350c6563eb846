"""Judging a rule set before anybody plays by it: a simulated year on the real rules."""
