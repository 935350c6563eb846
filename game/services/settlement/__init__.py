"""Facts to effects: the batch, its buyers, its difference."""
