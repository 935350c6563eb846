"""Deliveries from the door to a batch: taken in, read, retried, buried."""
