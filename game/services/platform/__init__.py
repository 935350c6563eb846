"""What every service stands on and no business knows of: statements, pages, JSON, seals."""
