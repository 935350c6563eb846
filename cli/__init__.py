"""The `legends` command."""

import signal
import sys
from pathlib import PurePath

# A program of ours imports this first. Until it handles Ctrl-C itself, Ctrl-C simply ends it: a
# traceback out of half-done imports tells nobody anything. Whoever made the way to this
# interpreter held the signal back meanwhile (`cli/environment.py`).
if sys.argv and (sys.argv[0] == "-m" or PurePath(sys.argv[0]).name == "legends"):
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
