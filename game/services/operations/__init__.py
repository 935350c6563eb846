"""What operators look at: health, figures, queues."""
