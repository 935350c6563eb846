"""Reading of a JSON document that collects every problem instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

LARGEST = 10**12
"""No number of a rule set is larger: it keeps every product inside what the books can hold."""


class InvalidRules(ValueError):
    """A rule set that cannot be used. `problems` names each thing that is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Reader:
    """One JSON object of the document, with its path. Wrong values are noted and replaced."""

    def __init__(self, found: object, path: str, problems: list[str]) -> None:
        self.path = path
        self.problems = problems
        self.seen: set[str] = set()
        self.values: Mapping[str, object] = {}
        if isinstance(found, dict):
            self.values = found
        else:
            self.note("", "must be an object")

    def note(self, key: str, what: str) -> None:
        """Remember a problem of this object, or of one of its keys."""
        place = ".".join(part for part in (self.path, key) if part) or "rule set"
        self.problems.append(f"{place}: {what}")

    def take(self, key: str) -> object:
        """Read a key that must be there; None stands for a missing one, which is noted."""
        self.seen.add(key)
        if key not in self.values:
            self.note(key, "is missing")
            return None
        return self.values[key]

    def whole(self, key: str, *, least: int = 0, most: int = LARGEST) -> int:
        """Read a whole number within bounds (inclusive)."""
        value = self.take(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            if key in self.values:
                self.note(key, f"must be a whole number from {least} to {most}")
            return least
        return value

    def whole_or_none(self, key: str, *, least: int = 0, most: int = LARGEST) -> int | None:
        """Read a whole number within bounds, or null."""
        if key in self.values and self.values[key] is None:
            self.seen.add(key)
            return None
        return self.whole(key, least=least, most=most)

    def flag(self, key: str) -> bool:
        """Read true or false."""
        value = self.take(key)
        if not isinstance(value, bool):
            if key in self.values:
                self.note(key, "must be true or false")
            return False
        return value

    def text(self, key: str, *, longest: int = 200) -> str:
        """Read a text that is not empty."""
        value = self.take(key)
        if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= longest:
            if key in self.values:
                self.note(key, f"must be a printable text of 1 to {longest} characters")
            return ""
        return value

    def word(self, key: str, allowed: Collection[str]) -> str:
        """Read one of the allowed words."""
        value = self.take(key)
        if not isinstance(value, str) or value not in allowed:
            if key in self.values:
                self.note(key, f"must be one of {', '.join(sorted(map(repr, allowed)))}")
            return ""
        return value

    def part(self, key: str) -> Reader:
        """Read an object inside this one. Of a missing one only that is noted, not its keys."""
        found = self.take(key)
        if isinstance(found, dict):
            return Reader(found, self._below(key), self.problems)
        if key in self.values:
            self.note(key, "must be an object")
        return Reader({}, self._below(key), [])

    def part_or_none(self, key: str) -> Reader | None:
        """Read an object inside this one, or null."""
        if self.values.get(key, "") is None:
            self.seen.add(key)
            return None
        return self.part(key)

    def part_or(self, key: str, default: Callable[[], object]) -> Reader:
        """Read an object that documents from before it was known may lack."""
        if key in self.values:
            return self.part(key)
        return Reader(default(), self._below(key), self.problems)

    def each(self, key: str) -> list[Reader]:
        """Read a list of objects."""
        found = self.take(key)
        if not isinstance(found, list):
            if key in self.values:
                self.note(key, "must be a list")
            return []
        path = self._below(key)
        return [Reader(item, f"{path}[{place}]", self.problems) for place, item in enumerate(found)]

    def words(self, key: str, allowed: Collection[str]) -> frozenset[str]:
        """Read a list of allowed words."""
        found = self.take(key)
        good = isinstance(found, list) and all(isinstance(w, str) and w in allowed for w in found)
        if not isinstance(found, list) or not good:
            if key in self.values:
                self.note(key, f"must be a list of {', '.join(sorted(map(repr, allowed)))}")
            return frozenset()
        return frozenset(found)

    def finish(self) -> None:
        """Name what stands in the object and nobody reads: most often a misspelt key."""
        for key in self.values.keys() - self.seen:
            self.note(str(key), "is not known")

    def _below(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key
