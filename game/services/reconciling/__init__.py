"""What Whop knows and we do not: compared, asked for, taken in, and an import taken back."""
