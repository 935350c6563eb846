"""The parts of `game.services.verifying.verify`: what is compared with what, one subject a file."""
