"""Children of this process that do one thing and can be killed at any instant."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable

__all__ = ["Child", "able"]

able = hasattr(os, "fork")


class Child:
    """A copy of this process that runs `work(tell)` and ends; `tell(number)` reports to here.

    A fork, because starting a new interpreter 2,000 times would take longer than the proof.
    """

    def __init__(self, work: Callable[[Callable[[int], object]], object]) -> None:
        self.reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                os.close(self.reading)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                work(lambda number: os.write(writing, number.to_bytes(8, "little")))
                code = 0
            except KeyboardInterrupt:
                code = 130
            except OSError as error:
                code = error.errno or 1
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(writing)

    def wait_for_number(self) -> int:
        """The next number that the child tells; -1 when there are no more."""
        data = os.read(self.reading, 8)
        return int.from_bytes(data, "little") if len(data) == 8 else -1

    def end(self, how: int | None = None) -> tuple[int, list[int]]:
        """Send a signal if one is named and wait; what it came to, and the numbers it still told.

        Returns:
            The exit code, or minus the signal that ended it.
        """
        if how is not None:
            os.kill(self.pid, how)
        _, status = os.waitpid(self.pid, 0)
        told = []
        while (number := self.wait_for_number()) >= 0:
            told.append(number)
        os.close(self.reading)
        return os.waitstatus_to_exitcode(status), told
