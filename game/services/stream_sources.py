"""The kinds of channels a browser can follow: one row each."""

from __future__ import annotations

from game.services import channels, notice_reads
from game.services.streams import Source

SOURCES: dict[str, Source] = {
    channels.OWN: notice_reads.NOTICES,
}
