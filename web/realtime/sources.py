"""The kinds of channels a browser can follow: one row each."""

from __future__ import annotations

from game.services.guilds import entries
from game.services.notices import channels, reads
from game.services.notices.channel_sources import Source

SOURCES: dict[str, Source] = {
    channels.OWN: reads.NOTICES,
    entries.KIND: entries.GUILDS,
}
