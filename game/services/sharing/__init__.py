"""Pictures of a member that they share: what stands on them, and how it is drawn."""
