"""Names that a backend can't hold, kept as near as it can, with a receipt of what each was; and misspelt names."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping

HASH_LENGTH = 8
MOST_LISTED = 12


class Names:
    """Gives each name one that the backend takes; two names never get the same.

    A name is kept as it is if it can be. Otherwise what the backend refuses becomes `_`, the rest is cut, and a hash of
    the whole name follows. `receipt` tells which name each of those stands for; store it with the run.
    """

    def __init__(self, refused: str, longest: int, receipt: Mapping[str, str] | None = None) -> None:
        """Names of one run.

        Args:
            refused: A regular expression for what can't be in a name.
            longest: The most characters that a name may have.
            receipt: That of the run that is continued.
        """
        self._refused = re.compile(refused)
        self._longest = longest
        self.receipt = dict(receipt or {})
        """The original of each name that was changed."""

    def stored(self, name: str) -> str:
        """The name under which to store `name`."""
        usable = self._refused.sub("_", name)
        if usable == name and len(name) <= self._longest and name not in self.receipt:
            return name
        digest = hashlib.sha256(name.encode()).hexdigest()[:HASH_LENGTH]
        changed = f"{usable[: self._longest - HASH_LENGTH - 1]}-{digest}"
        self.receipt[changed] = name
        return changed

    def original(self, stored: str) -> str:
        """The name that was stored as `stored`."""
        return self.receipt.get(stored, stored)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question after the known name that is nearest to an unknown one; empty if none is near."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else ""


def there_are(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: which known ones there are, and which of them may be meant."""
    names = sorted(known)
    if not names:
        return "there are none."
    more = len(names) - MOST_LISTED
    listed = ", ".join(names[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
    return f"{'there are' if len(names) > 1 else 'the only one is'} {listed}. {did_you_mean(name, names)}".rstrip()
