"""Previews: a draft of the rules run over what really happened, with nothing posted."""
