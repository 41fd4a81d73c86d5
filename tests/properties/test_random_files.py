"""Formatting changes no meaning and loses no comment, whatever a file looks like; formatting twice changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from random_files import as_written, files
from ruamel.yaml import YAML  # another reader, of YAML 1.2

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import parse_yaml, read_source
from besponsa_pa.document.comments import spoken_of
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.formatting import formatted
from besponsa_pa.source import Excerpt, Source

ROOT = Path(__file__).parents[2]
FOLDERS = ("policies", "examples", "docs", "tests")
PATHS = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.yaml"))


def format_text(text: str) -> str:
    diagnostics = Diagnostics()
    result = formatted(Source(text, "file.yaml"), diagnostics)
    assert result is not None, (text, [each.message for each in diagnostics])
    return result


def read(text: str) -> object:
    diagnostics = Diagnostics()
    node = parse_yaml(Source(text, "file.yaml"), diagnostics)
    assert not diagnostics.has_errors, (text, list(diagnostics))
    return node


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(files())
def test_the_typist_types_what_is_meant(file: tuple[str, dict[str, object], dict[str, str]]) -> None:
    text, tree, _ = file
    assert as_written(read(text)) == tree


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=80)
@given(files())
def test_a_file_means_the_same_and_formatting_it_again_changes_nothing(
    file: tuple[str, dict[str, object], dict[str, str]],
) -> None:
    text, _, comments = file
    result = format_text(text)
    assert format_text(result) == result
    assert means_the_same(as_written(read(text)), as_written(read(result)))
    assert sorted(re.findall(r"# c\d+\.", result)) == sorted(comments)
    assert as_written(read(result)) == yaml.load(result, yaml.BaseLoader) == YAML(typ="base", pure=True).load(result)  # noqa: S506


def means_the_same(before: object, after: object) -> bool:
    """Whether two trees are equal but for the order of keys and the layout of expressions."""
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(means_the_same(before[key], after[key]) for key in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(means_the_same, before, after))
    if isinstance(before, str) and isinstance(after, str) and before != after:
        trees = [parse(Excerpt.whole(text), Diagnostics()) for text in (before, after)]
        return trees[0] is not None and trees[0] == trees[1]
    return before == after


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=80)
@given(files())
def test_a_comment_stays_beside_what_it_speaks_of(file: tuple[str, dict[str, object], dict[str, str]]) -> None:
    text, _, comments = file
    lines = format_text(text).splitlines()
    for comment, about in comments.items():
        if about:
            assert any(f"{name}:" in near_text(lines, comment) for name in (about, f'"{about}"', f"'{about}'")), (
                comment,
                about,
            )


def near_text(lines: list[str], comment: str) -> str:
    """The line of a comment, the next one that is no comment, and those above that it is indented more than."""
    number = next(n for n, line in enumerate(lines) if comment in line)
    column = len(lines[number]) - len(lines[number].lstrip())
    below = next((line for line in lines[number + 1 :] if line.strip() and not line.lstrip().startswith("#")), "")
    above = next(
        (line for line in reversed(lines[:number]) if line.strip(" ]") and len(line) - len(line.lstrip()) < column), ""
    )
    return "\n".join((lines[number], below, above))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_of_this_project_is_formatted_or_left_alone(path: Path) -> None:
    diagnostics = Diagnostics()
    source = read_source(path, diagnostics)
    text = None if source is None else formatted(source, diagnostics)
    if source is None or text is None:
        assert diagnostics.has_errors
        assert not any(each.code == "E151" for each in diagnostics)
        return
    assert format_text(text) == text
    before, after = read(source.text), read(text)
    assert means_the_same(as_written(before), as_written(after))
    assert {each for _, each in spoken_of(before)} == {each for _, each in spoken_of(after)}
