"""One run from its beginning to its end, as that of the context in which it is used."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from queue import SimpleQueue
from typing import Any, NamedTuple

from zenml_trackers.delivery import active, budgets, place
from zenml_trackers.delivery.before import Before
from zenml_trackers.delivery.block import block
from zenml_trackers.delivery.journal import Header, Journal
from zenml_trackers.delivery.patience import Patience
from zenml_trackers.delivery.progress import Progress, missing, whereabouts
from zenml_trackers.delivery.receiver import Component, Receiver
from zenml_trackers.delivery.recording import Recording
from zenml_trackers.delivery.recovery import Ended, Recovery
from zenml_trackers.delivery.release import release
from zenml_trackers.delivery.sampler import Sampler
from zenml_trackers.delivery.sender import Sender
from zenml_trackers.delivery.trim import trim
from zenml_trackers.errors import TrackerError, TrackerUnreachable
from zenml_trackers.interruption import let_through
from zenml_trackers.losses import Redactor, Reporter
from zenml_trackers.model.records import End, Feature, RunError, RunSpec, Status
from zenml_trackers.model.steps import StepCounter
from zenml_trackers.port.inert import Inert
from zenml_trackers.port.nested import attaching
from zenml_trackers.run import Run

logger = logging.getLogger("zenml_trackers")

SEVERAL = "unified"
"""What a run calls several trackers together."""
DELIVER = "zenml-trackers deliver"
"""The command that delivers what is left in journals."""


class Limits(NamedTuple):
    """What a run's tracker may cost whoever is tracked."""

    strict: bool = False
    """Whether a run that can't be made is an error."""
    deadline: float = budgets.DEADLINE
    """Seconds without progress that tracking may add, beginning and end together."""


class Tracking:
    """A run, and all that has to be undone when it is over."""

    run: Run
    sampled_every = 0.0
    """Seconds between two samples of the machine's load; 0 for none."""

    def __init__(
        self, name: str, receivers: Sequence[Receiver], subject: str, limits: Limits, ended: Ended = lambda spec: None
    ) -> None:
        """Nothing is begun.

        Args:
            name: What the run calls its backend.
            receivers: The trackers.
            subject: Whose run it is, for warnings.
            limits: How to take trouble, and for how long.
            ended: Knows how the step of a run ended that a process left behind.
        """
        self._name = name
        self._limits = limits
        self._parent: Tracking | None = None
        self._receivers = receivers
        self._patience = Patience(limits.deadline)
        self._recovery = Recovery(self._own_trackers, ended, trim)
        self._changed: SimpleQueue[None] = SimpleQueue()
        self._senders: list[Sender] = []
        self._undo: list[Callable[[], None]] = []
        self._journal: Journal | None = None
        self._process = os.getpid()
        self._begun = self._over = False
        self.reporter = Reporter(subject, Redactor(), limits.strict)
        """Tells of trouble with this run."""

    def begin(self, spec: RunSpec, component: Component | None = None) -> None:
        """Have the run made, and make it the one of this context; what a tracker does not take in time it gets later.

        Args:
            spec: What is known of it.
            component: ZenML's, if it is of a step.

        Raises:
            TrackerError: A tracker failed, and the run is strict; nothing is left behind.
        """
        urls = tuple(each.url for each in self._receivers)
        tracker, id = (component.name, component.id) if component is not None else (self._name, None)
        known = {"backend": self._name, "strict": self.reporter.strict, "parents": self._parents, "tracker": tracker}
        self._journal = self._new_journal(Header(trackers=urls, component=id, spec=spec, **known))
        child = partial(self._child, spec, component)
        recording = Recording(spec, self._journal, self._senders, child, self._limits.deadline)
        self.run = Run(self._name, spec.project, recording, self.reporter)
        self._begun = True
        try:
            folder = self._journal.folder if self._journal is not None else None
            nested = self._parent is not None
            active.enter(self.run, None if nested else spec.step_run_id, folder, nested=nested, tracker=tracker)
            if self._journal is not None:
                self._start(self._journal, spec)
            if self._journal is not None and self._parent is None:
                self._recovery.start(self._journal.folder, self._changed, self._patience.left)
            self._attach()
        except BaseException as error:  # what a signal's handler raised too: nobody else will end the run then
            self.end(Status.FAILED, RunError.of(error))
            if isinstance(error, TrackerError) and self._journal is not None:  # strict: there was no run
                self._journal.delete()
            raise

    def end(self, status: Status, error: RunError | None) -> None:
        """Store how the run ended and undo what `begin` did, once, and not in a process that was forked from its own.

        Never raises an `Exception`, unless a signal's handler does.
        """
        if not self._begun or os.getpid() != self._process:
            return
        active.leave(self.run, self._again)
        self._detach()
        safe = error and RunError(type=error.type, message=self.reporter.redact(error.message))
        self._finish(End(status=status, error=safe))
        self._begun = False
        self._tell_end(status)

    def _child(self, spec: RunSpec, component: Component | None, own: Mapping[str, Any]) -> AbstractContextManager[Run]:
        """A run that is nested in this one, which takes its time from what is left to this one."""
        nested = Tracking(self._name, self._receivers, f"run {own['name']!r}", self._limits)
        nested._parent, nested._patience = self, self._patience
        names = filter(None, (spec.pipeline, spec.pipeline_run, spec.step))
        tags = tuple(dict.fromkeys([*own["tags"], *names]))
        return block(nested, spec.model_copy(update={**own, "tags": tags, "resume": "never"}), component)

    @property
    def _parents(self) -> tuple[str | None, ...]:
        """The id of the run that this one is nested in, in each of the trackers that has one."""
        senders = self._parent._senders if self._parent is not None else ()
        return tuple(sender.sink.id if sender.sink is not None else None for sender in senders)

    @property
    def _again(self) -> str:
        """The code that goes on with the run."""
        name, project = self.run.name, self.run.project
        return f"connect({self._receivers[0].url!r}, project={project!r}).start_run({name!r}, resume='must')"

    def _own_trackers(self, header: Header) -> Sequence[Receiver]:
        """Those of another journal, if they are those of this run, whose credentials are here."""
        by_url = {each.url: each for each in self._receivers}
        found = [by_url[url] for url in header.trackers if url in by_url]
        return found if len(found) == len(header.trackers) else ()

    def _new_journal(self, header: Header) -> Journal | None:
        try:
            journal, trouble = place.begin(header)
        except TrackerUnreachable as error:
            self.reporter.trouble(error, "The step goes on; nothing of it is stored.", "journal")
            return None
        if trouble is not None:
            lost = "It is in a temporary folder; what a tracker does not take in time may be lost."
            self.reporter.warn(trouble, lost, "journal")
        return journal

    def _start(self, journal: Journal, spec: RunSpec) -> None:
        """Have all trackers make the run at the same time."""
        for number, receiver in enumerate(self._receivers):
            self._senders.append(Sender(receiver, journal, number, self._reporter_for(receiver, spec)))
        for sender in self._senders:
            sender.start(self._changed, self._release)
        self._wait_for_beginning()
        self.run.features = frozenset[Feature]().union(*(sender.features for sender in self._senders))
        before = Before.in_any(each.before for each in self._senders)
        self._share(before)
        if self.sampled_every:
            self._undo.append(Sampler(self.run, self.sampled_every, before.last_system_step, self.reporter).stop)
        for sender in self._senders:
            if not sender.reached:
                error = sender.error or TrackerUnreachable("connecting took longer than the time that was left for it")
                lost = "The step goes on; what it logs is kept, and may be delivered later."
                sender.reporter.trouble(error, lost, "delivery")

    def _reporter_for(self, receiver: Receiver, spec: RunSpec) -> Reporter:
        if len(self._receivers) == 1:
            return self.reporter
        return Reporter(f"{receiver.name}, run {spec.name!r}", Redactor(), self.reporter.strict)

    def _wait_for_beginning(self) -> None:
        senders = self._senders
        Patience(budgets.LOADING).wait(lambda: all(each.backend or each.tried for each in senders), self._changed)
        secrets = [secret for each in senders if each.backend for secret in each.backend.secrets]
        for reporter in (self.reporter, *(each.reporter for each in senders)):  # a step may print another's secrets
            reporter.redact = Redactor(secrets)
        self._patience.wait(lambda: all(each.tried for each in senders), self._changed, budgets.BEGINNING)

    def _share(self, before: Before) -> None:
        """What is logged by a library's own calls takes its steps from the counter of the run."""
        self.run.steps = StepCounter(before.last_step)
        self.run.summary.begin_with(before.summary)
        for sender in self._senders:
            sender.steps = self.run.steps
            if sender.sink is not None:
                sender.sink.share(self.run)

    def _attach(self) -> None:
        """Have the libraries' own calls in this context reach the run."""
        for sender in self._senders:
            native = sender.sink.native if sender.sink is not None else Inert()
            try:
                with attaching(nested=self._parent is not None):
                    self._undo.append(sender.attach(native))
            except Exception as error:  # a library that can't even be imported
                let_through(error)
                if sender.reached:
                    self.reporter.trouble(error, "The library's own calls reach no run.", "attach")

    def _detach(self) -> None:
        while self._undo:  # a stop may call this again
            undo = self._undo.pop()
            try:
                undo()
            except Exception as failure:
                let_through(failure)
                self.reporter.warn(failure, "The library's own calls may still reach the run.", "attach")

    def _finish(self, end: End) -> None:
        """Have the senders deliver the rest, and wait for them as long as they get on."""
        try:
            self._pass_on(end)
            self._wait_for_end()
        except BaseException:  # of a signal's handler; a run that is half ended would be lost
            self._pass_on(end)
            self._wait_for_end()
            raise
        finally:  # after a second one too: nobody waits any more
            self._let_go()

    def _pass_on(self, end: End) -> None:
        if self._journal is not None:
            self._journal.announce_end()
        try:
            self.run.close(end)
        except TrackerUnreachable as error:  # whoever finds the journal takes the run for one that was killed
            let_through(error)
        for sender in self._senders:
            sender.finish(end)

    def _let_go(self) -> None:
        for sender in self._senders:
            sender.give_up()
            sender.join()
        self._recovery.give_up()
        self._recovery.join()
        self._over = True
        self._release()

    def _wait_for_end(self) -> None:
        """For the run as long as it gets on; for what others left no longer than the deadline has it."""
        progress = Progress(self._senders, self.run)
        over = lambda: all(each.stopped or each.is_hopeless for each in self._senders)  # noqa: E731
        self._patience.wait(over, self._changed, own=progress.own, others=progress.others)
        self._patience.wait(lambda: self._recovery.stopped, self._changed)

    def _release(self) -> None:
        """Called by each sender that stops, too."""
        if self._journal is not None and self._over:
            release(self._journal, self._senders)

    def _tell_end(self, status: Status) -> None:
        """Where the run is, and what of it is missing there; as a warning if nothing warned of that before."""
        for sender in self._senders:
            if not sender.done and sender.reached:
                error = sender.error or TrackerUnreachable("storing the rest of the run made no progress in time")
                sender.reporter.warn(error, f"{missing(sender, self.run)} {self._kept}".lstrip(), "delivery")
        doubt = "" if self._senders and all(each.done for each in self._senders) else ", but that may not be stored"
        told = [f"The run {self.run.name!r} {status.value}{doubt}.", *self._whereabouts()]
        untold = any(missing(each, self.run) and not each.reporter.troubled for each in self._senders)
        worse = untold and not self.reporter.troubled
        text = self.reporter.redact(" ".join(filter(None, told)).replace(" \n", "\n"))
        logger.log(logging.WARNING if worse else logging.INFO, "%s", text)

    def _whereabouts(self) -> Iterator[str]:
        """Commands come last, so that nothing that follows seems to be part of them."""
        alone = self._senders if len(self._senders) == 1 else ()
        yield from (missing(each, self.run) for each in alone)
        if not all(each.done for each in self._senders):
            yield self._kept
        if not alone:
            yield "\n".join(["", *(f"  {whereabouts(each, self.run)}" for each in self._senders)])
        yield from (each.sink.whereabouts for each in alone if each.sink is not None)

    @property
    def _kept(self) -> str:
        folder = self._journal.folder if self._journal is not None else ""
        return f"What is missing is kept in {folder}, and delivered by the next run, or by `{DELIVER}`."
