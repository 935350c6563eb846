"""The parts of `game.services.verify`: what is compared with what, one subject a file."""
