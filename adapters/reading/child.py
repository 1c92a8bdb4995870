"""A process in which strangers' bytes are read: no secrets, little time and memory, and nobody waits for it.

It reads jobs from its standard input and writes answers to its standard output, each a length and a pickle. Jobs come from the
process that started it; answers are taken apart there as the words of somebody who may have been taken over.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import BinaryIO

LENGTH = 8
"""Bytes of the number before each message."""
READY = b"\n"
"""What it says first, once it can begin."""


def main() -> None:
    """Answer jobs until the input ends."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    # Whoever presses Ctrl-C at a terminal means the process that started this one, which ends it in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit(memory)
    _prepare()
    answers.write(READY)
    answers.flush()
    serve(sys.stdin.buffer, answers, seconds)


def _limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _prepare() -> None:
    """Have in memory what every mail needs before the first one comes."""
    import adapters.intake.mail  # noqa: F401 - loaded for its effect: the first mail does not wait for it


def serve(jobs: BinaryIO, answers: BinaryIO, seconds: int) -> None:
    """Answer each job: ``("ok", value)``, or ``("raised", error)`` for an error that says what is wrong with the input."""
    while header := jobs.read(LENGTH):
        data = jobs.read(int.from_bytes(header, "big"))
        # The limit is on the whole life of a process, so it moves on with each job.
        soft = int(time.process_time()) + seconds + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        answer = pickle.dumps(_answer(pickle.loads(data)), protocol=5)  # noqa: S301 - from the process that started this one
        answers.write(len(answer).to_bytes(LENGTH, "big"))
        answers.write(answer)
        answers.flush()


def _answer(job: Callable[[], object]) -> tuple[str, object]:
    from adapters.intake.errors import ReportInvalid

    try:
        return "ok", job()
    except ReportInvalid as error:
        return "raised", error
    except MemoryError:
        # Nothing of this process is to be relied on any more.
        os._exit(1)


if __name__ == "__main__":
    main()
