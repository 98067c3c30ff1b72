"""A YAML text with the place of everything in it, as plain values; faults point at what is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from halflife.models.errors import ConfigError

LARGEST = 4_000_000
"""Characters of a file; a thousand findings take a quarter of a million."""

DEEPEST = 6
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same parser in C where PyYAML was built with it: ten times as fast."""
PLAIN = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")

Path = tuple[str | int, ...]
"""Keys and positions from the top of a document to a value."""


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong at one place; lines and columns count from 1."""

    line: int
    column: int
    message: str


class PositionedYaml:
    r"""A document whose every value knows where it stands.

    Args:
        text: of the file.
        name: of the file, for messages.

    Raises:
        ConfigError: it is no YAML, holds several documents, an alias, a key twice or a tag that would make an object.

    >>> marked = PositionedYaml("findings:\n  - name: fair\n", "findings.yaml")
    >>> marked.value, marked.at(("findings", 0, "name"))
    ({'findings': [{'name': 'fair'}]}, (2, 11))
    """

    def __init__(self, text: str, name: str) -> None:
        self.name, self._lines, self._text = name, text.splitlines(), text
        self._nodes: dict[Path, yaml.Node] = {}
        self._seen: set[int] = set()
        self._faults: list[Fault] = []
        if len(text) > LARGEST:
            raise ConfigError(f"{name}: {len(text):,} characters; at most {LARGEST:,} are read")
        loader = LOADER(text)
        try:
            self._measure()
            node = loader.get_single_node()
            self.value = None if node is None else self._read(loader, node, ())
        except yaml.YAMLError as error:
            raise self.error([self._broken(error)]) from None
        finally:
            loader.dispose()
        if self._faults:
            raise self.error(self._faults)

    def at(self, path: Path) -> tuple[int, int]:
        """Line and column of a value; of the nearest one around it where it is missing."""
        while path and path not in self._nodes:
            path = path[:-1]
        if path not in self._nodes:
            return 1, 1
        mark = self._nodes[path].start_mark
        return mark.line + 1, mark.column + 1

    def key(self, path: Path) -> tuple[int, int]:
        """Line and column of the key that leads to a value."""
        return self.at((*path, "key of"))

    def raw(self, path: Path) -> str | None:
        """What is written at a value that is neither a list nor a table; None elsewhere."""
        node = self._nodes.get(path)
        return str(node.value) if isinstance(node, yaml.ScalarNode) else None

    def inside(self, path: Path, text: str, column: int) -> tuple[int, int]:
        """Line and column of one character of a scalar.

        Args:
            path: to the scalar.
            text: its value.
            column: of the character in the value, from 1. Where quoting moved it out of sight, the scalar's start is
                given.
        """
        node = self._nodes[path]
        first, last = _index(self._text, node.start_mark), _index(self._text, node.end_mark)
        before = text[: column - 1]
        escaped = {"'": before.replace("'", "''"), '"': before.replace("\\", "\\\\").replace('"', '\\"')}
        wanted = escaped.get(node.style or "", before)
        found = self._text.find(wanted or text[:1], first, last)
        if found < 0:
            return self.at(path)
        position = found + len(wanted)
        line = self._text.count("\n", 0, position)
        return line + 1, position - (self._text.rfind("\n", 0, position) + 1) + 1

    def error(self, faults: Iterable[Fault]) -> ConfigError:
        """All faults, in the order they stand in the file, each with its line and a mark below the place."""
        return ConfigError("\n".join(self._shown(fault) for fault in sorted(faults)))

    def _shown(self, fault: Fault) -> str:
        said = f"{self.name}:{fault.line}:{fault.column}: {fault.message}"
        if fault.line > len(self._lines):
            return said
        line = self._lines[fault.line - 1].replace("\t", " ")
        return f"{said}\n  {line}\n  {' ' * (fault.column - 1)}^"

    def _measure(self) -> None:
        """Refuse deep nesting before a tree is made of it: PyYAML recurses, in C without looking at the stack."""
        depth = 0
        for event in yaml.parse(self._text, Loader=LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                mark = event.start_mark
                raise self.error([Fault(mark.line + 1, mark.column + 1, "nested too deeply for a list of findings")])

    def _read(self, loader: yaml.SafeLoader, node: yaml.Node, path: Path) -> object:
        self._nodes[path] = node
        if id(node) in self._seen:  # the nodes live as long as this does, so no two share an id
            self._fault(node, "an alias repeats this; write it out where it is repeated")
            return None
        self._seen.add(id(node))
        if not isinstance(node, yaml.ScalarNode) and node.tag not in PLAIN:
            self._fault(node, f"{node.tag} is not read here; write plain lists and keys")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(loader, node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._read(loader, item, (*path, i)) for i, item in enumerate(node.value)]
        try:
            return loader.construct_object(node)
        except (yaml.constructor.ConstructorError, ValueError):
            self._fault(node, f"{node.tag} is not read here; write plain text, a number, true or false")
            return None

    def _mapping(self, loader: yaml.SafeLoader, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        read: dict[str, object] = {}
        for key, value in node.value:
            word = key.value if isinstance(key, yaml.ScalarNode) else None
            if word is None:
                self._fault(key, "a key is a word")
            elif word in read:
                self._fault(key, f"{word} is given twice")
            else:
                self._nodes[(*path, word, "key of")] = key
                read[word] = self._read(loader, value, (*path, word))
        return read

    def _fault(self, node: yaml.Node, message: str) -> None:
        self._faults.append(Fault(node.start_mark.line + 1, node.start_mark.column + 1, message))

    def _broken(self, error: yaml.YAMLError) -> Fault:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        hint = "; a text with ': ' in it goes in quotes" if "mapping values" in problem else ""
        return Fault(line, column, f"not YAML: {problem}{hint}")


def _index(text: str, mark: yaml.Mark) -> int:
    """Where a mark is in the text; counted from its line and column, which mean the same in both parsers."""
    start = 0
    for _ in range(mark.line):
        start = text.find("\n", start) + 1
    return start + int(mark.column)
