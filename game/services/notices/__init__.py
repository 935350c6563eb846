"""What members are told: numbered, stored, handed to the relay."""
