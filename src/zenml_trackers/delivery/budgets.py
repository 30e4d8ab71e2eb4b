"""How long things may take: all of them, in one place. Seconds, unless said otherwise."""

from __future__ import annotations

DEADLINE = 10.0
"""Without progress, that tracking may add to a step or a block, beginning and end together; a setting of users'."""
BEGINNING = 0.5
"""The share of the deadline that may pass before the user's code begins; the rest is kept for its end."""
REQUEST = 0.25
"""The share of the deadline that one request may take."""
LONGEST_REQUEST = 5.0
"""What one request may take at most."""
LOADING = 60.0
"""What a tracker's library may take to load, the first time in a process. No server can make that longer, so it is not
counted: on a busy machine a large library alone would take up the deadline."""
QUEUE = 6
"""How many times as long a run is waited for while only others get on, for which it may have to wait."""
LOOK = 0.1
"""After which whoever waits looks again how far a sender is."""
POLL = 0.1
"""After which a sender looks whether anything was logged."""
REST, RESTS = 1.0, 3
"""What a sender rests at most, while the run goes on, and how many times as long as it worked: more, and the step's
threads would share Python's time with it."""
FIRST_RETRY, LONGEST_RETRY = 0.1, 2.0
"""After which a tracker that can't be reached is tried again: twice as long each time."""
BY_CHANCE = 0.5
"""The share of that which chance may take off, so that a thousand senders don't come back at once."""
TOLD_FIRST, TOLD_AGAIN = 2.0, 10.0
"""After which whoever waits for the end of a run is told how far it is, and then again."""
FLUSH = 5.0
"""After which what is in a journal outlives the machine, too, and not only the process."""
BATCH = 1000
"""Records that are handed to a sink at once, at most."""
CHUNK = 256 * 1024
"""Bytes that are read from a journal at once; more if a record is longer."""
LETTING_GO = 20.0
"""What a process may take to let go of a journal whose run is over: longer than trackers wait for a locked database."""
ANNOUNCED = 0.05
"""What may pass until the end of a run is in its journal, once it was announced."""
THREAD = 1.0
"""What a thread may take to end that has nothing to do any more."""
DAY = 24 * 60 * 60.0
KEPT_FOR = 30 * DAY
"""For which a journal is kept that nobody can deliver."""
MOST_BYTES = 10 * 2**30
"""What all such journals may take of the disk together."""
