"""What figures lead to: days, quest steps, badges, levels, and what members do and wait for."""
