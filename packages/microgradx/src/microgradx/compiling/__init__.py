"""`compile`: a training step, recorded once and repeated without the engine.

`recording` does a step on stand-ins for arrays (`standins`), which compute and write down what is
asked of them on a `tape`. `program` makes straight-line Python of it: `simplify` leaves out what
need not be done, `lanes` joins what is done for every parameter, `storage` and `homes` say where
the numbers lie, `lines` what the calls look like. `survey` finds what a step can reach, and
`checking` whether that is still as it was.
"""

from microgradx.compiling.compiled import Compiled, compile
from microgradx.compiling.tape import NotRecordable

__all__ = ["Compiled", "NotRecordable", "compile"]
