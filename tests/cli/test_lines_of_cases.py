"""Cases that are read quickly, a line each, are decided and told as those that are parsed."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from commands import run
from hypothesis import given
from hypothesis import strategies as st

from besponsa_pa.cli import evaluate
from besponsa_pa.determination.admission import case_read_quickly
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node, Scalar, Sequence, parse_json, values_from_json
from besponsa_pa.source import Source

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples/05_many_cases/cases.ndjson"
CASE = (
    '{"case": "L-1", "policy": "besponsa", "request": {"date": "2026-11-20", "pathway": "initial"}, "patient": '
    '{"birth_date": "1984-03-02"}, "disease": {"diagnosis": "C91.02", "status": "relapsed", "cd22": "positive", '
    '"philadelphia_chromosome": "negative"}, "treatment": {"cycles_completed": 0}, "therapies": []}'
)
CHANGES = {
    "nothing": ("", ""),
    "a key twice": ('"status"', '"cd22": "negative", "status"'),
    "a number for a text": ('"L-1"', "17"),
    "a fraction for a text": ('"L-1"', "1.50"),
    "nought below nought": (": 0}", ": -0}"),
    "a whole number with a point": (": 0}", ": 1.0}"),
    "a large number": (": 0}", f": {'9' * 5000}}}"),
    "no number": (": 0}", ": NaN}"),
    "a partial date": ("1984-03-02", "1984"),
    "no date": ("1984-03-02", "1984-02-30"),
    "a date after the request": ("1984-03-02", "2026-11-21"),
    "a misspelt value": ("relapsed", "relapse"),
    "a misspelt key": ('"cd22"', '"cd23"'),
    "a key with dots": ('"therapies": []', '"liver.tests": "normal"'),
    "a null": ('"positive"', "null"),
    "half a character": ("L-1", "\\ud800"),
    "a character that cannot be seen": ("L-1", "L\\u00001"),
    "another policy": ('"besponsa"', '"belsomra"'),
    "no policy": ('"policy": "besponsa", ', ""),
    "an unknown policy": ('"besponsa"', '"bespons"'),
    "a policy that is no text": ('"besponsa"', '["besponsa"]'),
    "an unknown system": ('"C91.02"', '{"system": "Plan codes", "code": "1"}'),
    "deep nesting": ("[]", "[" * 2000),
    "broken off": (']}', "]"),
    "more text": ("[]}", "[]} x"),
    "an entry that is unknown": ("[]", "[null]"),
    "evidence": ('"therapies"', '"evidence": {"disease.cd22": {"kind": "claims"}}, "therapies"'),
}  # fmt: skip


def decided(path: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str, quickly: bool) -> tuple[str, str, int]:
    with monkeypatch.context() as patched:
        if not quickly:
            patched.setattr(evaluate, "case_read_quickly", lambda *_: None)
        result = run("evaluate", str(path), *arguments)
    return result.out, result.err, result.code


@pytest.mark.parametrize("form", ["text", "json", "yaml"])
def test_the_example_is_decided_alike(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [decided(EXAMPLE, monkeypatch, "--format", form, quickly=quickly) for quickly in (True, False)]
    assert told[0] == told[1]


@pytest.mark.parametrize("policy", [(), ("--policy", "besponsa"), ("--policy", str(ROOT / "policies/besponsa"))])
def test_whatever_is_wrong_with_a_line_is_told_alike(
    policy: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = [CASE.replace(old, new) for old, new in CHANGES.values()]
    assert all(line != CASE for line in changed[1:])
    path = tmp_path / "cases.ndjson"
    path.write_text("\r\n".join([CASE, *changed, f"[{CASE}]", "", CASE]), "utf-8")
    told = [decided(path, monkeypatch, *policy, quickly=quickly) for quickly in (True, False)]
    assert told[0] == told[1]
    assert told[0][0].count("L-1") > 5


def test_most_lines_are_read_quickly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bool] = []

    def noted(*arguments: object) -> object:
        case = case_read_quickly(*arguments)  # type: ignore[arg-type]
        read.append(case is not None)
        return case

    monkeypatch.setattr(evaluate, "case_read_quickly", noted)
    path = tmp_path / "cases.ndjson"
    path.write_text(f"{CASE}\n" * 5, "utf-8")
    run("evaluate", str(path))
    assert read == [True] * 4  # the first has the policy loaded


# --- JSON as plain values ---

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
TEXTS = st.dictionaries(st.text(max_size=3), JSON, max_size=3).map(json.dumps)


def plain(node: Node) -> object:
    match node:
        case Scalar(quoted=False):
            return {"null": None, "true": True, "false": False}.get(node.text, node.text)
        case Scalar():
            return node.text
        case Sequence():
            return [plain(each) for each in node]
        case Mapping():
            return {key.text: plain(value) for key, value in node.entries}


def as_texts(value: object) -> object:
    match value:
        case bool():
            return value
        case int() | Decimal():
            return str(value)
        case list():
            return [as_texts(each) for each in value]
        case dict():
            return {key: as_texts(each) for key, each in value.items()}
        case _:
            return value


@given(TEXTS | st.text('{}[]",:. \\tu0-1e', max_size=20).map(lambda text: f'{{"a": {text}}}'))
def test_plain_values_are_those_of_the_tree(text: str) -> None:
    values = values_from_json(text)
    diagnostics = Diagnostics()
    node = parse_json(Source(text, "case.json"), diagnostics)
    # a character that cannot be shown is refused with the case, and no decimal has an exponent there
    if values is None or diagnostics.has_errors or "e" in text or "E" in text:
        return
    assert node is not None
    assert as_texts(values) == plain(node)


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 1}', "[]", '"a"', "1", "", '{"a": NaN}', '{"a": -0}', '{"a": 1} x', "{'a': 1}"]
)
def test_what_only_the_tree_tells_is_left_to_it(text: str) -> None:
    assert values_from_json(text) is None
