"""Names that a backend can't hold, kept as near as it can, with a receipt of what each was; and misspelt names."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

HASH_LENGTH = 8
LIKE_CHANGED = re.compile(rf"-[0-9a-f]{{{HASH_LENGTH},}}\Z")
"""What a name that was changed ends with; another one may be just that, and has to be told from it."""
MOST_LISTED = 12


class Names:
    """Gives each name one that the backend takes; two names never get the same.

    A name is kept as it is if it can be. Otherwise what the backend refuses becomes `_`, the rest is cut, and a hash of
    the whole name follows. `receipt` tells which name each of those stands for; store it with the run.
    """

    def __init__(self, refused: str, longest: int, receipt: Mapping[str, str] | None = None) -> None:
        """Names of one run.

        Args:
            refused: A regular expression for what can't be in a name. Each match becomes one `_`, and the result is not
                looked at again; `^$` refuses the empty name.
            longest: The most characters that a name may have; some more than those of a hash.
            receipt: That of the run that is continued.
        """
        self._refused = re.compile(refused)
        self._longest = longest
        self.receipt = dict(receipt or {})
        """The original of each name that was changed, and of those that look like one."""

    def stored(self, name: str) -> str:
        """The name under which to store `name`."""
        if self._fits(name) and self.receipt.get(name, name) == name:
            if LIKE_CHANGED.search(name):
                self.receipt[name] = name
            return name
        changed = next(filter(lambda changed: self.receipt.get(changed, name) == name, self._changed(name)))
        self.receipt[changed] = name
        return changed

    def _fits(self, name: str) -> bool:
        return len(name) <= self._longest and not self._refused.search(name)

    def _changed(self, name: str) -> Iterator[str]:
        """What it may be changed into: the first, or one with more of the hash where another name is just that."""
        usable, digest = self._refused.sub("_", name), hashlib.sha256(name.encode()).hexdigest()
        for length in range(HASH_LENGTH, len(digest)):
            yield f"{usable[: self._longest - length - 1]}-{digest[:length]}"

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
