"""Writes functions: constants and other things by names, and the source of each kind of expression."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from besponsa_pa.expression import checked, fast_path
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.conversions import converter
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Evaluate, Failure
from besponsa_pa.expression.functions.relations import interval
from besponsa_pa.expression.generated.operators import operation
from besponsa_pa.expression.generated.scopes import NoTemplateError, Scope, class_of, parts_of
from besponsa_pa.types import BOOLEAN, IntervalOf, Type, plain
from besponsa_pa.values import TupleValue, Value

# Python reads no more than 200 parentheses in one another; what is deeper is left to its closure.
DEEPEST = 40
# The source of a definition that is longer is not repeated wherever it is used.
LONGEST = 2000
BUILT_IN = {"type": type, "len": len}


class Writer:
    """Writes functions of a frame, which share their constants and definitions, and compiles them together."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._known: dict[str, object] = {"__builtins__": BUILT_IN, "LEFT": fast_path.LEFT, "leave": fast_path.leave}
        self._names: dict[tuple[type, object], str] = {}
        self._constants: set[str] = set()
        self._definitions: dict[str, str] = {}
        self._remembered: dict[str, str] = {}
        self._count = self._depth = 0
        self.may_fail = self._only_reads = False

    @property
    def source(self) -> str:
        """What has been written."""
        return "\n".join(self._lines)

    def functions(self) -> Mapping[str, Callable[..., Value]]:
        """The functions that have been written, by their names."""
        exec(compile(self.source, "<generated>", "exec"), self._known)  # noqa: S102 - see the invariant above
        return self._known  # type: ignore[return-value]

    def function(self, name: str, parameters: Sequence[str], lines: Sequence[str]) -> None:
        """Write a function; its name and parameters are ours."""
        self._lines += [f"def {name}({', '.join(parameters)}):", *(f" {line}" for line in lines)]

    def assignment(self, target: str, node: Checked, slow: Evaluate) -> list[str]:
        """The lines that give a local the value of an expression; `slow` decides what the fast path does not."""
        fast = self.fast_path(node)
        if fast is None or fast in self._constants:
            return [f"{target} = {fast or f'{self.thing(slow)}(frame)'}"]
        return ["try:", f" {target} = {fast}", "except LEFT:", f" {target} = {self.thing(slow)}(frame)"]

    def fast_path(self, node: Checked) -> str | None:
        """The source of an expression of which all is known, in a function with a `frame`; None without template."""
        self._count = 0
        try:
            return self.templated(node, {})
        except NoTemplateError:
            return None

    def condition(self, node: Checked) -> str | None:
        """As `fast_path`, in a function that only reads its frame: definitions are kept in locals, see `kept`.

        None also where any part of the expression is left to a closure.
        """
        self._only_reads = True
        try:
            return self.fast_path(node)
        finally:
            self._only_reads = False

    def kept(self) -> str:
        """The first line of a function in which conditions stand: nothing is known yet of the definitions in them."""
        names, self._remembered = self._remembered.values(), {}
        return f"{' = '.join(names)} = None" if names else "pass"

    def value_of(self, name: str) -> object:
        """What a name stands for; None for one that is no name."""
        return self._known.get(name)

    def are_constant(self, sources: Iterable[str]) -> bool:
        """Whether all of these are names of constants."""
        return self._constants.issuperset(sources)

    def is_constant(self, source: str | None) -> bool:
        """Whether a source is the name of a constant."""
        return source in self._constants

    def constant(self, value: object) -> str:
        """The name of a value; texts and numbers that are the same share one."""
        is_shared = type(value) in (str, int, bool, type)
        key = (type(value), value if is_shared else id(value))
        if key not in self._names:
            self._names[key] = self.new("c", value)
        self._constants.add(self._names[key])
        return self._names[key]

    def thing(self, thing: object) -> str:
        """The name of a function or another thing that no expression has for a value."""
        key = (Writer, id(thing))
        if key not in self._names:
            self._names[key] = self.new("f", thing)
        return self._names[key]

    def new(self, letter: str, value: object) -> str:
        """A new name for something."""
        name = f"{letter}{len(self._known)}"
        self._known[name] = value
        return name

    def local(self) -> str:
        """A new local of the function that is being written."""
        self._count += 1
        return f"v{self._count}"

    # --- one expression in another ---

    def expression(self, node: Checked, scope: Scope) -> str:
        """The source of an expression; inside a search what has no template takes the whole search along."""
        try:
            return self.templated(node, scope)
        except NoTemplateError:
            if scope or self._only_reads:
                raise
            return self.looked_at(f"{self.thing(evaluator(node))}(frame)", node.type)

    def templated(self, node: Checked, scope: Scope) -> str:
        """The source of an expression that has a template; raises `NoTemplateError` for others."""
        with self.deeper():
            return self._by_kind(node, scope)

    def _by_kind(self, node: Checked, scope: Scope) -> str:
        match node:
            case checked.Constant():
                return self._value(node.value, node.type)
            case checked.Fact():
                return self.read(f"frame[{self.constant(node.name)}]", node.type)
            case checked.Local():
                return scope[node.slot]
            case checked.Element():
                return self._element(node, scope)
            case checked.Operation():
                return operation(self, node, scope)
            case checked.Conversion():
                return self._conversion(node, scope)
            case checked.Conditional():
                return self._conditional(node, scope)
            case checked.Lookup():
                return self._lookup(node, scope)
            case checked.Definition(arguments=()):
                return self._definition(node)
            case checked.Definition():
                return self.expression(node.body, scope)
            case checked.NewList():
                elements = [self.expression(each, scope) for each in node.elements]
                return self.folded(node, elements) or f"({''.join(f'{each}, ' for each in elements)})"
            case checked.NewInterval():
                return self._interval(node, scope)
            case _:
                raise NoTemplateError

    def read(self, source: str, kind: Type) -> str:
        """A value that is there, if its class is that of its type."""
        name, wanted = self.local(), self.thing(class_of(kind))
        if plain(kind) == BOOLEAN:
            return f"(({name} := {source}) is True or {name} is not False and leave())"
        return f"({name} if type({name} := {source}) is {wanted} else leave())"

    def looked_at(self, source: str, kind: Type) -> str:
        """The result of something that may fail as well."""
        self.may_fail = True
        return self.read(source, kind)

    def operand(self, node: Checked, scope: Scope) -> str:
        """An operand of what Python itself refuses for a value that is null or not known."""
        match node:
            case checked.Fact():
                return f"frame[{self.constant(node.name)}]"
            case checked.Element():
                return self.part(node, scope)
            case checked.Definition(arguments=()) if not self._only_reads:
                return self._from_frame(node)
            case _:
                return self.expression(node, scope)

    def _value(self, value: Value, kind: Type) -> str:
        if type(value) is not class_of(kind):
            raise NoTemplateError
        return self.constant(value)

    def folded(self, node: Checked, operands: Sequence[str]) -> str | None:
        """The constant that an expression over constants is; None where it is none, or fails."""
        if not self.are_constant(operands):
            return None
        try:
            return self._value(evaluator(node)({}), node.type)
        except Failure:
            raise NoTemplateError from None

    def _element(self, node: checked.Element, scope: Scope) -> str:
        return self.read(self.part(node, scope), node.type)

    def part(self, node: checked.Element, scope: Scope) -> str:
        """An element of a tuple, whatever it is."""
        if class_of(node.target.type) is not TupleValue:
            raise NoTemplateError
        if isinstance(node.target, checked.Local):
            return f"{parts_of(scope[node.target.slot])}[{self.constant(node.name)}]"
        return f"{self.expression(node.target, scope)}.elements[{self.constant(node.name)}]"

    def _conversion(self, node: checked.Conversion, scope: Scope) -> str:
        operand = self.expression(node.operand, scope)
        return self.folded(node, [operand]) or self.read(f"{self.thing(converter(node.type))}({operand})", node.type)

    def _conditional(self, node: checked.Conditional, scope: Scope) -> str:
        results = [result for _, result in node.items]
        if any(class_of(each.type) is not class_of(node.type) for each in (*results, node.alternative)):
            raise NoTemplateError
        ways = [f"{self.expression(r, scope)} if {self.expression(c, scope)} else " for c, r in node.items]
        return f"({''.join(ways)}{self.expression(node.alternative, scope)})"

    def _lookup(self, node: checked.Lookup, scope: Scope) -> str:
        """A table of constants by texts or whole numbers is Python's own; of two rows with one key the first counts."""
        if any(type(key) is not class_of(node.key.type) or type(key) not in (str, int) for key, _ in node.rows):
            raise NoTemplateError
        rows: dict[Value, Value] = {}
        for key, result in node.rows:
            if not isinstance(result, checked.Constant) or type(result.value) is not class_of(node.type):
                raise NoTemplateError
            rows.setdefault(key, result.value)
        if class_of(node.alternative.type) is not class_of(node.type):
            raise NoTemplateError
        key, name, table = self.expression(node.key, scope), self.local(), self.thing(rows)
        return f"({table}[{name}] if ({name} := {key}) in {table} else {self.expression(node.alternative, scope)})"

    def _interval(self, node: checked.NewInterval, scope: Scope) -> str:
        bounds = [self.expression(each, scope) for each in (node.low, node.high)]
        if not isinstance(node.type, IntervalOf):
            raise NoTemplateError
        ends = [self.constant(each) for each in (node.low_closed, node.high_closed)]
        others = ", ".join((*bounds, *ends, self.thing(node.type.point)))
        return self.folded(node, bounds) or self.looked_at(f"{self.thing(interval)}({others})", node.type)

    def _definition(self, node: checked.Definition) -> str:
        """A definition without parameters has a function of its own, and is computed once for a frame.

        Where a frame is only read, it stands in each place that it is used at, and is kept in a local.
        """
        if self._only_reads:
            value = self.expression(node.body, {})
            if len(value) > LONGEST:
                raise NoTemplateError
            name = self._remembered.setdefault(node.name, f"k{len(self._remembered)}")
            return f"({name} if {name} is not None else ({name} := {value}))"
        return self.looked_at(self._from_frame(node), node.type)

    def _from_frame(self, node: checked.Definition) -> str:
        slot = self.constant(f"{node.name}()")
        if node.name not in self._definitions:
            self._definitions[node.name] = self._defined(node, slot)
        self.may_fail = True
        return f"(frame[{slot}] if {slot} in frame else {self._definitions[node.name]}(frame))"

    def _defined(self, node: checked.Definition, slot: str) -> str:
        slow = self.thing(evaluator(node))  # which keeps the value in the frame itself
        with self.apart():
            try:
                fast = self.templated(node.body, {})
            except NoTemplateError:
                return slow
            name = self.new("d", None)
            lines = (
                "try:",
                f" found = frame[{slot}] = {fast}",
                "except LEFT:",
                f" found = {slow}(frame)",
                "return found",
            )
            self.function(name, ("frame",), lines)
        return name

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """While an expression stands in another one."""
        self._depth += 1
        try:
            if self._depth > DEEPEST:
                raise NoTemplateError
            yield
        finally:
            self._depth -= 1

    @contextmanager
    def apart(self) -> Iterator[None]:
        """While another function is written: it has locals and parentheses of its own."""
        before = self._count, self._depth, self.may_fail, self._remembered
        self._count, self._depth, self.may_fail, self._remembered = 0, 0, False, {}
        try:
            yield
        finally:
            self._count, self._depth, self.may_fail, self._remembered = before
