"""What the installed `legends` program calls. Imports nothing that a stranger could hide."""

from __future__ import annotations

from cli import environment


def main() -> None:
    """Become our interpreter on `cli.main`: isolated, unbuffered, UTF-8."""
    environment.settle()
    from cli.main import main as run  # noqa: PLC0415 - only now is it surely ours

    run()
