"""Many expressions in one process: each line has its answer, whatever is wrong with it or with another."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from commands import run

from besponsa_pa.cli import eval_context
from besponsa_pa.cli.exit_codes import ExitCode

ROOT = Path(__file__).parent.parent.parent
CASE = ROOT / "examples" / "01_first_request" / "case.yaml"
BOM = b"\xef\xbb\xbf"


def answers(*lines: object, options: tuple[object, ...] = ()) -> list[dict[str, object]]:
    """What is answered to lines: text is an expression, bytes are a line as they stand, all else is a request."""
    data = b"\n".join(_line(each) for each in lines)
    ran = run("eval", "--jsonl", *options, stdin=data)
    assert (ran.code, ran.err) == (0, "")
    return [json.loads(line) for line in ran.out.splitlines()]


def _line(line: object) -> bytes:
    return (
        line
        if isinstance(line, bytes)
        else json.dumps({"expression": line} if isinstance(line, str) else line).encode()
    )


def code(line: object, *options: object) -> object:
    """The code of the error that a line is answered with."""
    [answer] = answers(line, options=options)
    error = answer["error"]
    assert isinstance(error, dict)
    assert set(error) == {"code", "message", "line", "column"}
    assert answer["value"] is None
    return error["code"]


@pytest.mark.parametrize(
    ("expression", "value", "kind"),
    [
        ("null", "null", "Any"),
        ("1 / 0", "null", "Decimal"),
        ("-5", "-5", "Integer"),
        ("1L + 1", "2L", "Long"),
        ("{1L, null}", "{1L, null}", "List<Long>"),
        ("0.10", "0.10", "Decimal"),
        ("5.0 'mg'", "5.0 'mg'", "Quantity"),
        ("6 months", "6 months", "Quantity"),
        ("1 'mg' : 2 'mL'", "1 'mg' : 2 'mL'", "Ratio"),
        ("@2012-01-01", "@2012-01-01", "Date"),
        ("DateTime(2012, 1, 1)", "@2012-01-01T", "DateTime"),
        ("@T10:30", "@T10:30", "Time"),
        ("Interval[1, 10)", "Interval[1, 10)", "Interval<Integer>"),
        ("{1, 2}", "{1, 2}", "List<Integer>"),
        ("{}", "{}", "List<Any>"),
        ("Tuple { a: 1, \"a b\": {'x'} }", "Tuple { a: 1, \"a b\": {'x'} }", "Tuple{a Integer, a b List<String>}"),
        ("'it\\'s\\n'", "'it\\'s\\n'", "String"),
        ("Code '1' from \"LOINC\"", "Code { code: '1', system: 'LOINC' }", "Code"),
        ("days between DateTime(2015, 2, 10) and DateTime(2015, 3)", "Interval[18, 49]", "Integer"),
    ],
)
def test_a_value_is_the_text_of_an_expression_that_has_it(expression: str, value: str, kind: str) -> None:
    assert answers(expression) == [{"value": value, "type": kind, "error": None}]
    assert answers(value)[0]["value"] == value


def test_an_expression_that_fails_has_its_type_and_one_that_is_refused_has_none() -> None:
    failed, refused = answers("1 in Interval[5, 3]", "1 +\n  (true and 1)")
    assert (failed["type"], refused["type"]) == ("Boolean", None)
    assert failed["error"] == {
        "code": "E220",
        "message": "`Interval[5, 3]` has no point: it ends before it starts",
        "line": 1,
        "column": 6,
    }
    assert isinstance(refused["error"], dict)
    assert (refused["error"]["code"], refused["error"]["line"], refused["error"]["column"]) == ("E207", 2, 4)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (b"1 + 1", "E130"),
        (b"{", "E130"),
        (b"[]", "E142"),
        (b"null", "E105"),
        (b'"1 + 1"', "E142"),
        ({}, "E141"),
        ({"expresion": "1"}, "E141"),
        ({"expression": 1}, "E142"),
        ({"expression": None}, "E142"),
        ({"expression": ["1"]}, "E142"),
        (b'{"expression": "1", "expression": "2"}', "E123"),
        (b'{"expression": NaN}', "E131"),
        (b'{"expression": "\xff"}', "E103"),
        (b'{"expression": "\x00"}', "E103"),
        (b'{"expression": "\\ud800"}', "E104"),
        (b'{"expression": "\x07"}', "E104"),
        (b'{"a": ' * 5000 + b"1" + b"}" * 5000, "E125"),
        (b'{"expression": "' + b"1" * 2_000_000 + b'"}', "E102"),
        ("", "E201"),
        ("(" * 1000 + "1" + ")" * 1000, "E202"),
        ("1" + " + 1" * 10_000, "E202"),
        ({"expression": "1", "case": {"disease": {"cd22": "positive"}}}, "E504"),
        ({"expression": "1", "case": {"policy": "nobody"}}, "E501"),
        ({"expression": "1", "case": []}, "E504"),
        ({"expression": "1", "case": {"policy": "besponsa", "disease": {"cd22": "postive"}}}, "E406"),
        ({"expression": "1", "case": {"policy": "besponsa", "diseas": {"cd22": "positive"}}}, "E402"),
        ("disease.cd22", "E206"),
    ],
)
def test_a_broken_line_is_an_error_and_the_others_get_their_values(line: object, wanted: str) -> None:
    assert code(line) == wanted
    values = [each["value"] for each in answers("1", line, "2")]
    assert values == ["1", None, "2"]


def test_an_error_of_a_line_has_its_place_in_the_input() -> None:
    *_, last = answers("1", b"", b'{"expression": 1}', b"\xff")
    assert isinstance(last["error"], dict)
    assert (last["error"]["line"], last["error"]["column"]) == (4, None)
    second = answers("1", b"", b'{"expression": 1}')[1]["error"]
    assert isinstance(second, dict)
    assert (second["line"], second["column"]) == (3, 16)


def test_empty_lines_a_byte_order_mark_and_windows_line_ends_are_no_requests() -> None:
    data = BOM + b'{"expression": "1"}\r\n\r\n  \n{"expression": "2"}\r\n'
    assert [each["value"] for each in answers(data)] == ["1", "2"]
    assert answers(b"\n") == []


def test_other_keys_belong_to_whoever_asks() -> None:
    assert answers({"name": "a test", "expression": "1", "expected": [1.5], "case": None})[0]["value"] == "1"


def test_each_line_may_bring_its_own_case() -> None:
    def asked(**facts: object) -> dict[str, object]:
        return {"expression": "disease.cd22 = 'positive'", "case": {"policy": "besponsa", **facts}}

    found = answers(asked(disease={"cd22": "positive"}), asked(disease={"cd22": "negative"}), asked())
    assert [each["value"] for each in found] == ["true", "false", "missing(disease.cd22)"]


def test_a_line_without_a_case_has_that_of_the_command() -> None:
    of_line = {
        "expression": "age_in_years",
        "case": {"patient": {"birth_date": "2000-01-01"}, "request": {"date": "2026-01-01"}},
    }
    found = answers("age_in_years", of_line, "age_in_years", options=("--case", CASE, "--policy", "besponsa"))
    assert [each["value"] for each in found] == ["42", "26", "42"]


def test_numbers_of_a_case_are_exact() -> None:
    policies = ("--policies", ROOT / "tests" / "cli" / "policies")
    request = b'{"expression": "dose.daily", "case": {"policy": "sample", "dose": {"daily": "0.1 \'g\'"}}}'
    assert answers(request, options=policies)[0]["value"] == "0.1 'g'"


def test_a_failure_inside_a_definition_says_where_the_definition_stands(tmp_path: Path) -> None:
    text = 'policy: p\ntitle: P\nversion: 1\ndefinitions: {wrong: "1 in Interval[5, 3]"}\npathways: {a: {}}\n'
    (tmp_path / "policy.yaml").write_text(text)
    [answer] = answers("wrong", options=("--policy", tmp_path / "policy.yaml"))
    assert isinstance(answer["error"], dict)
    assert (answer["error"]["line"], answer["error"]["column"]) == (None, None)
    assert str(answer["error"]["message"]).endswith("policy.yaml:4:28)")


def test_today_is_one_day_for_all_lines_and_none_in_a_policy() -> None:
    assert answers("Today() = Today()", "Now() = Now()", "Today() is Date")[0]["value"] == "true"
    assert answers("Today()", options=("--as-of", "2024-02-29"))[0]["value"] == "@2024-02-29"
    assert code("Today()", "--policy", "besponsa") == "E213"
    assert answers("Today()", options=("--as-of", "2024-02-29", "--policy", "besponsa"))[0]["value"] == "@2024-02-29"


def test_a_mistake_of_the_program_is_the_error_of_its_line_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = eval_context.evaluate_text

    def failing(excerpt: object, *others: object) -> object:
        if excerpt.text == "2":  # type: ignore[attr-defined]
            raise KeyError("Jane Doe")
        return real(excerpt, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(eval_context, "evaluate_text", failing)
    first, second, third = answers("1", "2", "3")
    assert (first["value"], third["value"]) == ("1", "3")
    assert isinstance(second["error"], dict)
    assert second["error"]["code"] == "E221"
    assert "Jane" not in json.dumps(second)


def test_answers_come_while_the_input_is_open() -> None:
    command = [sys.executable, "-m", "besponsa_pa", "eval", "--jsonl"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(b'{"expression": "%d + 1"}\n' % number)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["value"] == str(number + 1)
        process.stdin.close()
        assert process.wait(10) == ExitCode.OK


def seconds(expressions: list[str]) -> float:
    """How long a process of its own computes for expressions, its start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "besponsa_pa", "eval", "--jsonl"]
    data = b"\n".join(_line(each) for each in expressions)
    done = subprocess.run(command, cwd=ROOT, input=data, capture_output=True, check=True)
    assert done.stdout.count(b"\n") == len(expressions)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.slow
def test_thousands_of_expressions_are_evaluated_in_one_process() -> None:
    """A quiet machine does two thousand a second; a fifth of that is left to a busy one."""
    expressions = ["1 + 1", "years between @1984-03-02 and @2026-11-20", "exists (({1, 2, 3}) X where X > 2)"]
    took = min(seconds(expressions * 1001) - seconds(expressions) for _ in range(3))
    assert 3000 / took >= 400


def test_a_reader_that_stops_ends_the_run() -> None:
    lines = io.BytesIO(b'{"expression": "1"}\n' * 20_000).getvalue()
    process = subprocess.run(
        ["/bin/bash", "-c", f"'{sys.executable}' -m besponsa_pa eval --jsonl | head -1; echo ${{PIPESTATUS[0]}}"],
        cwd=ROOT, input=lines, capture_output=True, check=False,
    )  # fmt: skip
    assert process.stderr == b""
    assert process.stdout.splitlines()[-1] == str(int(ExitCode.BROKEN_PIPE)).encode()
