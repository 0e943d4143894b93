"""Commands behave in a terminal, in a pipe, when the reader leaves, and when the user has had enough."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

import topicore as package
from topicore.cli import COMMANDS

Process = Callable[..., "subprocess.Popen[bytes]"]
HEAVY = {"numpy", "scipy", "sklearn", "pandas", "rich", "safetensors", "pyarrow", "graspologic_native"}
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def terminal(columns: int) -> tuple[int, int]:
    """Both ends of a terminal so wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    return ours, theirs


def seen(ours: int) -> str:
    """All that was written on the terminal until the last program closed it."""
    said = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:
            more = b""
        if not more:
            os.close(ours)
            return said.decode()
        said += more


def test_a_terminal_shows_progress_and_a_table_that_fits(process: Process, file: Path, tmp_path: Path) -> None:
    ours, theirs = terminal(48)
    with process("fit", file, "-o", tmp_path / "m", stdin=theirs, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        said = seen(ours)
    assert running.returncode == 0, said
    plain = ESCAPE.sub("", said).replace("\r", "\n")
    assert "60/60" in plain
    assert all(stage in plain for stage in ("read", "cluster", "describe"))
    table = plain[plain.index("Topic  Count  Words") :].splitlines()
    rows = [line for line in table if re.match(r" +\d+ +\d+  ", line)]
    assert len(rows) == 4
    assert max(map(len, rows)) <= 48
    assert min(len(row.split()) for row in rows) > 3
    assert "\x1b[1mTopic" in said


def test_progress_stays_on_the_terminal_when_the_table_is_piped(process: Process, file: Path, tmp_path: Path) -> None:
    ours, theirs = terminal(48)
    with process("fit", file, "-o", tmp_path / "m", stdout=subprocess.PIPE, stderr=theirs) as running:
        os.close(theirs)
        said = seen(ours)
        assert running.stdout is not None
        table = running.stdout.read().decode()
    assert "describe" in said
    assert "\x1b" not in table
    assert [len(line.split()) for line in table.splitlines()[1:]] == [12] * 4


def test_pipes_get_no_progress_and_no_colours(process: Process, file: Path, tmp_path: Path) -> None:
    with process("fit", file, "-o", tmp_path / "m", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        out, err = (text.decode() for text in running.communicate())
    assert "\x1b" not in out + err
    assert out.startswith("Topic  Count  Words\n")
    assert [line.split()[0] for line in err.splitlines()] == ["60", "Next:", "topicore"]


def test_errors_are_one_red_line_on_a_terminal(process: Process, tmp_path: Path) -> None:
    ours, theirs = terminal(80)
    with process("topics", tmp_path / "none", stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        said = seen(ours)
    assert running.returncode == 1
    assert said.startswith("\x1b[31m")
    assert said.count("\n") == 1
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["topics", "transform"])
def test_a_reader_that_leaves_is_no_error_to_speak_of(process: Process, model: Path, file: Path, command: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    arguments = [command, model, *([file] if command == "transform" else ["--json"])]
    with process(*arguments, stdout=writer, stderr=subprocess.PIPE) as running:
        os.close(writer)
        _, err = running.communicate()
    assert err == b""
    assert running.returncode == 1


def test_a_fit_is_saved_even_where_nobody_reads_the_table(process: Process, file: Path, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with process("fit", file, "-o", tmp_path / "m", stdout=writer, stderr=subprocess.PIPE) as running:
        os.close(writer)
        _, err = running.communicate()
    assert err == b""
    assert len(package.load(tmp_path / "m").topic_sizes_) == 4


def test_ctrl_c_ends_quietly_with_130(process: Process, tmp_path: Path) -> None:
    pipe = tmp_path / "documents.txt"
    os.mkfifo(pipe)
    with (
        process("fit", pipe, "-o", tmp_path / "m", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running,
        pipe.open("wb"),  # waits until the command is reading
    ):
        running.send_signal(signal.SIGINT)
        out, err = running.communicate()
    assert running.returncode == 130
    assert out == b""
    assert err.strip() == b""
    assert [each.name for each in tmp_path.iterdir()] == ["documents.txt"]


def test_help_imports_nothing_heavy() -> None:
    script = f"""
import json, sys
from topicore.cli import main
for typed in [["--help"], *([name, "--help"] for name in {sorted(COMMANDS)!r})]:
    try:
        main(typed)
    except SystemExit as end:
        assert end.code == 0
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert set(COMMANDS) <= set(re.findall(r"^  (\w+)", done.stdout, re.MULTILINE))
    assert not HEAVY & set(json.loads(done.stdout.splitlines()[-1]))
