"""Figures for Prometheus, those of all processes of a part as one.

Imported before any metric is made. Until a process has a slot in shared memory its figures are its
own, as in tests and commands; from then on whoever of the part is asked answers for all of it.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from threading import RLock
from typing import Any

from prometheus_client import CollectorRegistry, Metric, generate_latest, values
from prometheus_client.registry import REGISTRY, Collector
from prometheus_client.utils import floatToGoString

from workers.shared_memory import SharedMemory, Slot

_lock = RLock()
_all: list[Figure] = []
_slot: list[Slot] = []
_memory: list[SharedMemory] = []

Labels = tuple[tuple[str, str], ...]


class Figure:
    """One number of a metric: prometheus_client's seam for keeping it elsewhere."""

    _multiprocess = False

    def __init__(  # noqa: PLR0913, PLR0917 - prometheus_client's signature
        self,
        typ: str,
        metric_name: str,
        name: str,
        labelnames: Sequence[str],
        labelvalues: Sequence[str],
        help_text: str,
        **_: Any,
    ) -> None:
        labels = dict(zip(labelnames, labelvalues, strict=True))
        self._name = json.dumps([typ, metric_name, name, labels, help_text])
        self._is_gauge = typ == "gauge"
        self._value = 0.0
        self._place: int | None = None
        with _lock:
            _all.append(self)
            if _slot:
                self._move(_slot[0])

    def inc(self, amount: float) -> None:
        """Add to it."""
        with _lock:
            self._keep(self._value + amount)

    def set(self, value: float, timestamp: float | None = None) -> None:  # noqa: ARG002
        """Replace it."""
        with _lock:
            self._keep(value)

    def get(self) -> float:
        """What this process's slot says."""
        return self._value

    def set_exemplar(self, exemplar: Any) -> None:
        """Examples of requests are not kept."""

    def get_exemplar(self) -> None:
        """There are none."""

    def _keep(self, value: float) -> None:
        self._value = value
        if self._place is not None:
            _slot[0].write(self._place, value)

    def _move(self, slot: Slot) -> None:
        """Go on in this slot: with the count of whoever had it before, a gauge from nothing."""
        self._place = slot.place(self._name)
        known = 0.0 if self._place is None or self._is_gauge else slot.read(self._place)
        self._keep(known)


values.ValueClass = Figure


def share(memory: SharedMemory, number: int) -> None:
    """Keep this process's figures in a slot of the part's memory from now on."""
    slot = memory.slot(number)
    with _lock:
        _memory[:] = [memory]
        _slot[:] = []
        for figure in _all:
            figure._place = None  # noqa: SLF001 - the place in the slot of our parent
        if slot is None:
            return
        slot.owner = os.getpid()
        for name in slot.places:
            if json.loads(name)[0] == "gauge":
                slot.write(slot.places[name], 0.0)
        _slot[:] = [slot]
        for figure in _all:
            figure._move(slot)  # noqa: SLF001


def exposition(registry: CollectorRegistry = REGISTRY) -> bytes:
    """The figures of the part in Prometheus's text format; of this process where none is shared."""
    if not _memory:
        return generate_latest(registry)
    gathered = CollectorRegistry()
    gathered.register(_Gathered(_memory[0]))
    return generate_latest(gathered)


def processes() -> int:
    """How many living processes the figures are of."""
    return sum(slot.owner != 0 for slot in _memory[0].filled()) if _memory else 1


class _Gathered(Collector):
    """Sums over all slots; gauges over those of living processes."""

    def __init__(self, memory: SharedMemory) -> None:
        self._memory = memory

    def collect(self) -> Iterator[Metric]:
        """Every metric that any process has made."""
        kinds: dict[str, tuple[str, str]] = {}
        sums: dict[str, dict[tuple[str, Labels], float]] = defaultdict(lambda: defaultdict(float))
        for slot in self._memory.filled():
            is_alive = slot.owner != 0
            for name, figure in slot.figures():
                kind, metric, sample, labels, words = json.loads(name)
                kinds.setdefault(metric, (kind, words))
                counts = figure if is_alive or kind != "gauge" else 0.0
                sums[metric][(sample, tuple(labels.items()))] += counts
        for metric, (kind, words) in sorted(kinds.items()):
            yield _metric(metric, kind, words, sums[metric])


def _metric(name: str, kind: str, words: str, samples: dict[tuple[str, Labels], float]) -> Metric:
    metric = Metric(name, words, kind)
    plain = [(key, value) for key, value in samples.items() if not key[0].endswith("_bucket")]
    if kind == "histogram":
        for sample, labels, value in _cumulated(name, samples):
            metric.add_sample(sample, dict(labels), value)
    for (sample, labels), value in plain:
        metric.add_sample(sample, dict(labels), value)
    return metric


def _cumulated(
    name: str, samples: dict[tuple[str, Labels], float]
) -> Iterable[tuple[str, Labels, float]]:
    """A histogram's buckets as Prometheus wants them: each with all below it, the count last."""
    series: dict[Labels, dict[float, float]] = defaultdict(dict)
    for (sample, labels), value in samples.items():
        if sample.endswith("_bucket"):
            others = tuple(pair for pair in labels if pair[0] != "le")
            series[others][float(dict(labels)["le"])] = value
    for labels, buckets in series.items():
        total = 0.0
        for bound, value in sorted(buckets.items()):
            total += value
            word = str(floatToGoString(bound))  # type: ignore[no-untyped-call]
            yield f"{name}_bucket", (*labels, ("le", word)), total
        yield f"{name}_count", labels, total
