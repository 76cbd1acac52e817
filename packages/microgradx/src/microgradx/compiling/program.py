"""A recorded step as a straight-line Python program of NumPy calls into buffers that stay.

What each line is comes from `lines`; here it is decided where everything lies and in which order it
is done. Nothing that others can see is written before the last decision of the step has been made
as it was when it was recorded; if one is made differently, the program gives up and nothing has
happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from microgradx.compiling import lines
from microgradx.compiling.homes import Homes, fresh, parts
from microgradx.compiling.lanes import Lane, Lanes
from microgradx.compiling.operations import has_out, is_entrywise, is_written_into
from microgradx.compiling.places import Data, Grad, Place
from microgradx.compiling.recording import COMPILED, Effect, Recording, Tensor, outputs
from microgradx.compiling.simplify import Calls
from microgradx.compiling.storage import Pool
from microgradx.compiling.tape import DRAW, GUARD, NUMBER, Call, Var, flat, vars_in
from microgradx.compiling.text import Text
from microgradx.tensor import TensorValue, clock

__all__ = ["Program"]

BLOCK = 16384  # entries of a joined array that are moved at a time: what a formula needs is cached


class Program:
    """What repeats a recording.

    Args:
        recording: of the step.
        homes: of the arrays that last.

    Attributes:
        run: the generated function of all arrays among the arguments.
        source: its text.
        draws: the generators that it draws from before its last decision, to be set back.
    """

    def __init__(self, recording: Recording, homes: Homes) -> None:
        self.recording = recording
        self.homes = homes
        effects = [e for e in recording.effects if isinstance(e.new, Var | tuple)]
        self.wanted = [*vars_in([e.new for e in effects]), *outputs(recording.output)]
        self.calls = Calls(recording.tape.calls, self.wanted)
        self.resolve = self.calls.resolve
        self.readers = self.calls.readers()
        self.text = Text()
        self.body: list[str] = []
        self.places: dict[Var, Any] = {}  # where a quantity lies: an array, or the name of one
        self.pool = Pool()
        self.pinned = {self.resolve(v) for v in self.wanted}
        self.lanes: list[tuple[int, Lanes, dict[str, list[Effect]]]] = []
        self.done: set[Call] = set()  # by lanes
        self.joined: dict[Lane, Any] = {}  # where the parts of a lane lie
        self.adopted: list[Place] = []  # those whose arrays have to be in their homes
        self.kept: list[Place] = []  # those whose homes are written into

        self.arguments = [f"x{k}" for k in range(len(recording.given))]
        self.take_arguments()
        self.plan_lanes()
        self.find_homes()
        self.roots = self.find_roots()
        self.write()
        self.save()
        self.leave()
        self.source = self.text.function("step", self.arguments, self.body)
        self.run: Callable[..., Any] = self.text.compiled("step", self.source)
        self.draws = [
            call.generator.bit_generator
            for call in self.calls.calls[: self.calls.decided]
            if call.kind == DRAW
        ]

    def take_arguments(self) -> None:
        """Give a name to everything that is read afresh in every run."""
        for name, var in zip(self.arguments, self.recording.given):
            self.places[var] = name
        read: set[Var] = set()
        for call in self.calls.calls:
            read.update(self.calls.inputs(call))
        read |= self.pinned
        for place, number in self.recording.numbers.values():
            several = isinstance(number, tuple)
            for k, var in enumerate(number if several else (number,)):
                if var in read and var not in self.places:
                    text = self.text.place(place) + (f"[{k}]" if several else "")
                    if isinstance(var.value, float):
                        text = f"float({text})"  # of NumPy's numbers, Python's
                    name = self.text.new("n")
                    self.body.append(f"{name} = {text}")
                    self.places[var] = name
        for place, var in self.recording.found.values():
            if var in read and var not in self.places and not self.lasts(place):
                name = self.text.new("a")
                self.body.append(f"{name} = {self.text.place(place)}")
                self.places[var] = name

    def lasts(self, place: Place) -> bool:
        """Whether a place has a home: parameters, their gradients, and what optimisers remember."""
        return isinstance(place, Data | Grad) or place.ident in self.recording.survey.roles

    def plan_lanes(self) -> None:
        """Find out which parameters can move together."""
        roles = self.recording.survey.roles
        groups: dict[Any, dict[Any, dict[str, Effect]]] = {}
        for effect in self.recording.effects:
            role = roles.get(effect.place.ident)
            if role and isinstance(effect.new, Var):
                group, name, p = role
                if isinstance(effect.new.value, np.ndarray | np.generic):
                    kind = id(group), p.data.dtype
                    groups.setdefault(kind, {}).setdefault(p, {})[name] = effect
        for members in groups.values():
            forms: dict[Any, list[Any]] = {}
            for p, by_name in members.items():
                if "data" in by_name:
                    forms.setdefault(frozenset(by_name), []).append(p)
            for names, params in forms.items():
                self.plan(sorted(names), params, members)

    def plan(self, names: list[str], params: list[Any], members: Any) -> None:
        """Move these parameters together, if that can be done."""
        found = self.recording.found
        by_name = {name: [members[p][name] for p in params] for name in names}
        before = {}
        for name, effects in by_name.items():
            if all(e.place.ident in found for e in effects) and name != "grad":
                before[name] = tuple(found[e.place.ident][1] for e in effects)
        if "data" not in before:
            return
        after = {name: tuple(e.new for e in effects) for name, effects in by_name.items()}
        lanes = Lanes(before, after, self.resolve)
        others = [lane.role for role, lane in lanes.results.items() if lane.role not in ("", role)]
        if lanes.results["data"].function is None or others:
            return
        mine = {v.call for lane in lanes.order for v in lane.parts if v.call is not None}
        if mine & self.done:
            return
        order = {call: k for k, call in enumerate(self.calls.calls)}
        at = max(order[call] for call in mine)
        if at < self.calls.decided:
            return
        # whoever else reads what is overwritten, or what the lanes make, has to come before them
        overwritten = {v for slot in lanes.slots if slot.role in after for v in slot.parts}
        for var in overwritten | {v for lane in lanes.order for v in lane.parts}:
            late = [k for k in self.seen_at(var) if self.calls.calls[k] not in mine]
            if var in overwritten and any(k > at for k in late):
                return
            if var not in overwritten and late:
                return
        results = {v for lane in lanes.results.values() for v in lane.parts}
        inner = {v for lane in lanes.order for v in lane.parts} - results
        if inner & self.pinned or self.pinned & overwritten - results:
            return
        self.done |= mine
        self.lanes.append((at, lanes, by_name))

    def seen_at(self, var: Var) -> Iterator[int]:
        """The calls that read a quantity or a view of it."""
        for k in self.readers.get(var, ()):
            yield k
            result = self.calls.calls[k].result
            if is_array(result.value) and np.may_share_memory(result.value, var.value):
                yield from self.seen_at(result)

    def find_homes(self) -> None:
        """Give every array that lasts its home, and the parts of lanes theirs."""
        for _, lanes, by_name in self.lanes:
            shapes = lanes.shapes
            size, where = parts(shapes)
            for slot in lanes.slots:
                places = [e.place for e in by_name[slot.role]]
                self.joined[slot] = self.homes.together(places, shapes, slot.dtype)
            if "grad" in by_name:
                places = [e.place for e in by_name["grad"]]
                lane = lanes.results["grad"]
                if lane not in self.joined:
                    self.joined[lane] = self.homes.together(places, shapes, lane.dtype)
            for leaf in lanes.leaves:
                if leaf not in self.joined:
                    self.joined[leaf] = fresh(size, leaf.dtype)
                for var, part, shape in zip(leaf.parts, where, shapes):
                    if var not in self.places and self.is_made(var):
                        self.places[var] = self.joined[leaf][part].reshape(shape)
        for place, var in self.recording.found.values():
            if self.lasts(place) and self.is_needed(place, var):
                self.homes.alone(place, var.value)
                self.adopted.append(place)
                self.places[var] = self.homes.written[place.ident]
        for effect in self.recording.effects:
            if self.lasts(effect.place) and is_array(getattr(effect.new, "value", None)):
                self.homes.alone(effect.place, np.asarray(effect.new.value))
                self.kept.append(effect.place)

    def is_needed(self, place: Place, var: Var) -> bool:
        """Whether a quantity that was there before is read, or written over."""
        written = any(e.place.ident == place.ident for e in self.recording.effects)
        return (
            var in self.readers or var in self.pinned or (written and not isinstance(place, Grad))
        )

    def is_made(self, var: Var) -> bool:
        """Whether a call makes this array, and could make it anywhere in the usual layout."""
        call = var.call
        return (
            call is not None
            and call not in self.done
            and has_out(call)
            and is_array(var.value)
            and np.asarray(var.value).flags.c_contiguous
        )

    def find_roots(self) -> dict[Var, set[Var]]:
        """For each quantity those in whose memory it may lie."""
        roots: dict[Var, set[Var]] = {}
        for call in self.calls.calls:
            mine = {call.result}
            if not has_out(call):
                for var in self.calls.inputs(call):
                    if shares(var.value, call.result.value):
                        mine |= roots.get(var, {var})
            roots[call.result] = mine
        return roots

    def write(self) -> None:
        """Write one line or two per call, in order."""
        calls = self.calls.calls
        last: dict[Var, int] = {}
        for k, call in enumerate(calls):
            at = k
            for position, lanes, _ in self.lanes:
                if call in self.done and any(call.result in lane.parts for lane in lanes.order):
                    at = position
            for var in self.calls.inputs(call):
                for root in self.roots.get(var, {var}):
                    last[root] = max(last.get(root, -1), at)
        for var in self.pinned:
            for root in self.roots.get(var, {var}):
                last[root] = len(calls)
        dying: dict[int, list[Var]] = {}
        for var, k in last.items():
            dying.setdefault(k, []).append(var)
        at_position = {position: (lanes, by_name) for position, lanes, by_name in self.lanes}
        for k, call in enumerate(calls):
            free = dying.get(k, [])
            if call not in self.done:
                self.write_call(call, free, late=k >= self.calls.decided and self.has_moved(k))
            if k in at_position:
                self.write_lanes(*at_position[k])
            self.pool.take_back(free)
            self.pool.take_back([call.result] if call.result not in last else [])

    def has_moved(self, k: int) -> bool:
        """Whether parameters have moved before call k, so that it is too late to give up."""
        return any(position < k for position, _, _ in self.lanes)

    def operand(self, x: Any) -> Any:
        """An argument as a program has it: an array, the name of a variable, or a constant."""
        if isinstance(x, Var):
            return self.places[self.resolve(x)]
        if isinstance(x, list | tuple):
            return type(x)([self.operand(part) for part in x])
        if isinstance(x, dict):
            return {key: self.operand(part) for key, part in x.items()}
        return repr(x) if isinstance(x, str) else x

    def write_call(self, call: Call, free: list[Var], late: bool) -> None:
        """One call as text; if its result is a view of what stays where it is, no text at all."""
        arguments, settings = self.operand(call.arguments), self.operand(call.settings)
        result = call.result
        if call.kind == GUARD:
            other = "not " if call.result.value else ""
            self.body.append(f"if {other}{self.text.name(arguments[0])}: return GAVE_UP")
            return
        if call.kind == NUMBER:
            name = self.text.new("n")
            self.body.append(f"{name} = {lines.number(self.text, call.function, arguments)}")
            self.places[result] = name
            return
        if not has_out(call):
            self.write_without_out(call, arguments, settings, late)
            return
        if result not in self.places:
            self.pool.take_back(self.replaceable(call, free))
            self.places[result] = self.pool.lend(result)
        self.body += lines.into(self.text, self.places[result], call, arguments, settings)

    def replaceable(self, call: Call, free: list[Var]) -> list[Var]:
        """The input in whose place the result may come: nobody reads it after this call."""
        inputs = self.calls.inputs(call)
        if is_written_into(call):
            inputs = inputs[:1]
        elif not is_entrywise(call):
            inputs = []
        return [
            v
            for v in inputs
            if v in free and v in self.pool.lent and same_layout(v.value, call.result.value)
        ][:1]

    def write_without_out(self, call: Call, arguments: Any, settings: Any, late: bool) -> None:
        """A view is made now, if it can be; anything else makes an array of its own."""
        value = call.result.value
        if is_view(call) and all(not isinstance(x, str) for x in flat((arguments, settings))):
            view = call.function(*arguments, **settings)
            if view.shape == value.shape and np.may_share_memory(view, arguments[0]):
                self.places[call.result] = view
                return
        name = self.text.new("v")
        self.body.append(
            f"{name} = {lines.new_array(self.text, call.function, arguments, settings)}"
        )
        if is_array(value) and not is_view(call):
            dtype = self.text.name(value.dtype)
            other = f"{name}.shape != {value.shape!r} or {name}.dtype != {dtype}"
            answer = "raise RuntimeError('a shape changed')" if late else "return GAVE_UP"
            self.body.append(f"if {other}: {answer}")
        self.places[call.result] = name

    def write_lanes(self, lanes: Lanes, by_name: dict[str, list[Effect]]) -> None:
        """Move many parameters at once, block by block."""
        for leaf in lanes.leaves:
            _, where = parts(lanes.shapes)
            for var, part, shape in zip(leaf.parts, where, lanes.shapes):
                home = self.joined[leaf][part].reshape(shape)
                lies = self.places[var]
                if isinstance(lies, str) or not same_memory(lies, home):
                    self.body.append(f"copyto({self.text.name(home)}, {self.text.name(lies)})")
        for role, lane in lanes.results.items():  # as they are at the end: the step may return them
            for var, effect in zip(lane.parts, by_name[role]):
                self.places.setdefault(var, self.homes.written[effect.place.ident])
        slots = {slot.role: slot for slot in lanes.slots}
        last: dict[Lane, int] = {}
        for k, lane in enumerate(lanes.order):
            last |= {x: k for x in lane.inputs if isinstance(x, Lane)}
        arrays = {x: self.joined[x] for x in (*lanes.slots, *lanes.leaves)}
        temporary: set[Lane] = set()
        copies = []
        for role, lane in lanes.results.items():
            home = self.joined[slots[role]] if role in slots else self.joined.get(lane)
            if home is None or (lane in arrays and arrays[lane] is home):
                continue
            made = lanes.order.index(lane) if lane in lanes.order else -1
            old = last.get(slots[role], -1) if role in slots else -1
            if lane in arrays or lane not in lanes.order or old > made:
                copies.append((lane, home))
            else:
                arrays[lane] = home
        size = max(array.size for array in arrays.values())
        block = size if size <= 2 * BLOCK else BLOCK
        free: list[Any] = []
        scalars = {
            x: self.scalar(x, lane.dtype if lane.dtype.kind == "f" else lanes.results["data"].dtype)
            for lane in lanes.order
            for x in lane.inputs
            if isinstance(x, Var)
        }
        todo = []
        for k, lane in enumerate(lanes.order):
            inputs = [
                x if isinstance(x, Lane) else scalars[x] if isinstance(x, Var) else x
                for x in lane.inputs
            ]
            for x in {x for x in lane.inputs if isinstance(x, Lane)}:
                if last.get(x) == k and x in temporary and not any(x is c for c, _ in copies):
                    free.append(arrays[x])
            if lane not in arrays:
                fitting = [m for m in free if m.dtype == lane.dtype]
                if fitting:
                    arrays[lane] = fitting[-1]
                    free = [m for m in free if m is not fitting[-1]]
                else:
                    arrays[lane] = np.zeros(block, lane.dtype)
                temporary.add(lane)
            todo.append((lane.function, inputs, lane))
        looped: list[Any] = []  # arrays of which every turn of the loop has another part
        text: list[str] = []

        def named(x: Any, dtype: Any) -> str:
            if isinstance(x, Lane):
                if size > block and x not in temporary:
                    if not any(arrays[x] is y for y in looped):
                        looped.append(arrays[x])
                    return f"p{next(k for k, y in enumerate(looped) if y is arrays[x])}"
                if size > block:
                    return f"t{self.block_name(arrays[x])}"
                return self.text.name(arrays[x])
            return self.text.operand(x, dtype)

        self.temporaries: list[Any] = []
        for function, inputs, lane in todo:
            dtype = next((x.dtype for x in inputs if isinstance(x, Lane)), lane.dtype)
            names = [named(x, dtype) for x in (*inputs, lane)]
            text.append(lines.ufunc(self.text, function, names[:-1], names[-1]))
        for lane, home in copies:
            target = Lane(lane.parts)
            arrays[target] = home
            text.append(f"copyto({named(target, None)}, {named(lane, None)})")
        if size <= block:
            self.body += text
            return
        cut = [slice(k, min(k + block, size)) for k in range(0, size, block)]
        blocks = [
            (*[x[c] for x in looped], *[x[: c.stop - c.start] for x in self.temporaries])
            for c in cut
        ]
        names = [f"p{k}" for k in range(len(looped))]
        names += [f"t{k}" for k in range(len(self.temporaries))]
        self.body.append(f"for {', '.join(names)} in {self.text.name(blocks)}:")
        self.body += [f"    {line}" for line in text]

    def block_name(self, array: Any) -> int:
        """The number of a buffer of one block."""
        for k, x in enumerate(self.temporaries):
            if x is array:
                return k
        self.temporaries.append(array)
        return len(self.temporaries) - 1

    def scalar(self, var: Var, dtype: Any) -> Any:
        """A number that is shared by many, as an array of shape (): a third of the time."""
        place = self.places[self.resolve(var)]
        if isinstance(var.value, np.ndarray | np.generic):
            return place
        return self.text.boxed(place, dtype, self.body)

    def save(self) -> None:
        """Copy what was there before and is still wanted, because it is overwritten now."""
        found = self.recording.found
        old = [found[e.place.ident][1] for e in self.recording.effects if e.place.ident in found]
        overwritten = set(map(self.resolve, old))
        for var in dict.fromkeys(map(self.resolve, self.wanted)):
            if is_array(var.value) and self.roots.get(var, {var}) & overwritten:
                name = self.text.new("o")
                self.body.append(f"{name} = {self.text.name(self.places[var])}.copy()")
                self.places[var] = name

    def leave(self) -> None:
        """Put everything where the step left it."""
        recording, text = self.recording, self.text
        by_lanes = {
            id(e.place)
            for _, _, by_name in self.lanes
            for effects in by_name.values()
            for e in effects
        }
        moved = []
        for effect in recording.effects:
            place, new = effect.place, effect.new
            there = text.place(place)
            if isinstance(new, tuple):
                self.body.append(
                    f"{there} = ({', '.join(map(text.name, map(self.operand, new)))},)"
                )
            elif not isinstance(new, Var):
                constant = new
                if isinstance(new, np.ndarray):
                    self.body.append(f"{there} = {text.name(constant)}.copy()")
                else:
                    self.body.append(f"{there} = {text.name(constant)}")
            elif not is_array(new.value):
                self.body.append(f"{there} = {text.name(self.operand(new))}")
            elif self.lasts(place):
                home = self.homes.written[place.ident]
                if id(place) not in by_lanes:
                    self.body.append(f"copyto({text.name(home)}, {text.name(self.operand(new))})")
                if isinstance(place, Data):
                    moved.append(place.holder)
                elif isinstance(place, Grad):
                    self.body.append(f"{there} = {text.name(self.homes.shown[place.ident])}[0]")
            elif effect.inside:
                self.body.append(f"copyto({there}, {text.name(self.operand(new))})")
            else:
                got = text.name(self.operand(new))
                self.body.append(f"{there} = {got}" + ("[()]" if effect.is_scalar else ".copy()"))
        if moved:
            self.body.append(f"stamp = {text.name(clock.tick)}()")
            self.body += [f"{text.name(p)}.stamp = stamp" for p in moved]
        self.body.append(f"return {self.returns(recording.output)}")

    def returns(self, x: Any) -> str:
        """The text of what the step returns: arrays of its own, which no later step overwrites."""
        text = self.text
        if isinstance(x, Tensor):
            data = x.data
            got = text.name(self.operand(data)) if isinstance(data, Var) else text.name(data)
            made = text.name(TensorValue.result)
            return f"{made}({got}.copy(), {text.name(COMPILED)})"
        if isinstance(x, Var):
            got = text.name(self.operand(x))
            if not is_array(x.value):
                return got
            return f"{got}[()]" if isinstance(x.value, np.generic) else f"{got}.copy()"
        if type(x) is tuple:
            return f"({''.join(self.returns(part) + ', ' for part in x)})"
        if type(x) is list:
            return f"[{', '.join(map(self.returns, x))}]"
        if type(x) is dict:
            return f"{{{', '.join(f'{k!r}: {self.returns(v)}' for k, v in x.items())}}}"
        return text.name(x)


def is_array(x: Any) -> bool:
    """Whether `x` is an array, or a number of NumPy's."""
    return isinstance(x, np.ndarray | np.generic)


def shares(a: Any, b: Any) -> bool:
    """Whether `b` may lie in the memory of `a`; of tuples of arrays, always."""
    if isinstance(a, np.generic) or isinstance(b, np.generic):
        return False
    if not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray | tuple | list)
    return np.may_share_memory(a, b)


def is_view(call: Call) -> bool:
    """Whether the result of a call lies in the memory of its first argument."""
    first = call.arguments[0] if call.arguments else None
    return (
        isinstance(first, Var)
        and isinstance(first.value, np.ndarray)
        and (
            isinstance(call.result.value, np.ndarray)
            and np.may_share_memory(first.value, call.result.value)
        )
    )


def same_layout(a: Any, b: Any) -> bool:
    """Whether one array could lie exactly where the other does."""
    a, b = np.asarray(a), np.asarray(b)
    return bool(a.shape == b.shape and a.dtype == b.dtype and a.strides == b.strides)


def same_memory(a: Any, b: Any) -> bool:
    """Whether two arrays are the same numbers in the same memory."""
    return (
        a.__array_interface__["data"] == b.__array_interface__["data"]
        and a.strides == b.strides
        and a.shape == b.shape
    )
