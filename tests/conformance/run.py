#!/usr/bin/env python3
"""Runs files of CPython's own test suite under Ophion and compares the results with the committed table.

    tests/conformance/run.py [OPTION ...] [FILE ...]

FILE is a name such as `test_dict`; without names, every file of the table that passes runs. Each file runs in its own process with
a time limit. If a result is worse than the table's, the command fails and says what; if it is better or the file is new,
the table is rewritten. What a file printed is in `target/conformance/FILE.log`.

  --python PATH   the interpreter under test (default: the newest of target/*/ophion)
  --suite FOLDER  the folder that holds CPython's package `test` (default: $OPHION_TESTSUITE, else Debian's package is fetched)
  --all           every file of the table, also those with failures
  -j, --jobs N    processes at a time (default: the number of processors)
  --timeout S     seconds for a file (default 600)
  --accept        write the table even where a result is worse
  --dry-run       never write the table
  -k PATTERN      only the tests that match; the table is neither read nor written
"""

import argparse
import concurrent.futures
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TABLE = os.path.join(HERE, "table.txt")
WORK = os.path.join(ROOT, "target", "conformance")
HEADER = """\
# CPython 3.14's test files under Ophion: file, tests passed, failed, skipped, and how the file ended unless it ran to its end.
# The tests that fail are listed below their file. tests/conformance/run.py writes and checks this table.
"""


class Result:
    """How a file went: counts, the names of the failed tests, and how it ended (`done`, `crash`, `timeout`, `import`)."""

    def __init__(self, passed=0, skipped=0, failed=(), end="done"):
        self.passed, self.skipped, self.failed, self.end = passed, skipped, frozenset(failed), end

    def passes(self):
        return self.end == "done" and not self.failed

    def line(self):
        end = "" if self.end == "done" else " " + self.end
        return f"{self.passed} {len(self.failed)} {self.skipped}{end}"

    def __eq__(self, other):
        return other is not None and vars(self) == vars(other)


def read_table():
    table, name = {}, None
    if not os.path.exists(TABLE):
        return table
    with open(TABLE) as file:
        for line in file:
            if line.startswith("#") or not line.strip():
                continue
            if line.startswith(" "):
                table[name].failed |= {line.strip()}
                continue
            name, passed, _, skipped, *end = line.split()
            table[name] = Result(int(passed), int(skipped), (), *end)
    return table


def write_table(table):
    with open(TABLE + ".new", "w") as file:
        file.write(HEADER)
        for name in sorted(table):
            file.write(f"{name} {table[name].line()}\n")
            file.writelines(f"    {test}\n" for test in sorted(table[name].failed))
    os.replace(TABLE + ".new", TABLE)


def worse(old, new):
    """What is worse in `new`, as lines; none if it is at least as good."""
    lines = []
    if new.end != old.end and new.end != "done":
        lines.append(f"ended by {new.end}")
    # A file that was cut short did not get to all its tests.
    if old.end == "done" or new.end != "done":
        lines += [f"fails: {test}" for test in sorted(new.failed - old.failed)]
    if new.passed < old.passed and not lines:
        lines.append(f"{old.passed} tests passed, now {new.passed} ({new.skipped} skipped, {len(new.failed)} failed)")
    return lines


def read_results(path, name, status):
    """The worker's report; a test that began and did not end is the one that ended the process."""
    outcomes, running, end = {}, None, None
    rank = ("skip", "pass", "fail").index
    try:
        with open(path) as file:
            for line in file:
                try:
                    test, outcome = json.loads(line)
                except ValueError:
                    continue
                test = test.removeprefix(f"test.{name}.")
                if not test:
                    end = outcome
                elif outcome == "start":
                    running = test
                else:
                    running = None
                    outcomes[test] = max(outcomes.get(test, "skip"), outcome, key=rank)
    except FileNotFoundError:
        pass
    if end is None:
        end = status or ("crash" if outcomes or running else "import")
        if running:
            outcomes[running] = "fail"
    elif end == "skip":
        end = "done"
        outcomes["(file)"] = "skip"
    values = list(outcomes.values())
    failed = [test.replace("\n", " ") for test, outcome in outcomes.items() if outcome == "fail"]
    return Result(values.count("pass"), values.count("skip"), failed, end)


def run_file(options, name):
    """Runs one file; returns its result and the seconds it took."""
    folder = tempfile.mkdtemp(prefix=f"{name}-", dir=WORK)
    results = os.path.join(folder, "results")
    current = os.path.join(folder, "cwd")
    os.mkdir(current)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "OPHION"))}
    env.update(PYTHONPATH=options.suite, TMPDIR=current, CONFORMANCE_TIMEOUT=str(options.timeout))
    command = [options.python, os.path.join(HERE, "worker.py"), results, name, *options.k]
    start, status = time.monotonic(), None
    with open(os.path.join(WORK, name + ".log"), "wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=current, env=env, start_new_session=True)
        try:
            if process.wait(options.timeout) < 0:
                status = "crash"
        except subprocess.TimeoutExpired:
            status = "timeout"
        finally:
            # Whatever the tests left running goes too.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
    seconds = time.monotonic() - start
    if status is None and seconds > options.timeout * 0.96:
        status = "timeout"
    result = read_results(results, name, status)
    shutil.rmtree(folder, ignore_errors=True)
    return result, seconds


def results(options, table, names):
    """Name, result and seconds of each file as it ends; one that is worse than the table only after it was so a second time, alone: some
    tests measure time."""
    again = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(run_file, options, name): name for name in names}
        for future in concurrent.futures.as_completed(running):
            name, (result, seconds) = running[future], future.result()
            if not options.k and name in table and worse(table[name], result):
                again.append(name)
            else:
                yield name, result, seconds
    for name in again:
        yield name, *run_file(options, name)


def main():
    parser = argparse.ArgumentParser(usage="run.py [OPTION ...] [FILE ...]", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    hidden = argparse.SUPPRESS
    parser.add_argument("files", nargs="*", help=hidden)
    parser.add_argument("--python", help=hidden)
    parser.add_argument("--suite", default=os.environ.get("OPHION_TESTSUITE"), help=hidden)
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count(), help=hidden)
    parser.add_argument("--timeout", type=float, default=600, help=hidden)
    parser.add_argument("-k", action="append", default=[], help=hidden)
    for flag in ("--all", "--accept", "--dry-run"):
        parser.add_argument(flag, action="store_true", help=hidden)
    options = parser.parse_args()
    if not options.python:
        built = glob.glob(os.path.join(ROOT, "target", "*", "ophion"))
        if not built:
            parser.error("no interpreter: build one, or name it with --python")
        options.python = max(built, key=os.path.getmtime)
    options.python = os.path.abspath(shutil.which(options.python) or options.python)
    os.makedirs(WORK, exist_ok=True)
    if not options.suite:
        fetched = subprocess.run([os.path.join(HERE, "fetch-suite"), os.path.join(WORK, "suite")], check=True, stdout=subprocess.PIPE, text=True)
        options.suite = fetched.stdout.strip()
    options.suite = os.path.abspath(options.suite)

    table = read_table()
    names = options.files or [name for name, result in table.items() if options.all or result.passes()]
    names = [os.path.basename(name).removesuffix(".py") for name in names]
    changed, bad, start = False, 0, time.monotonic()
    for name, result, seconds in results(options, table, names):
        print(f"{name} {result.line()}  {seconds:.1f} s", flush=True)
        old = None if options.k else table.get(name)
        lines = worse(old, result) if old else [f"fails: {test}" for test in sorted(result.failed)]
        for line in lines[:20]:
            print("   ", line)
        if old and lines:
            bad += 1
            print(f"    worse than the table ({old.line()}); see {os.path.relpath(WORK)}/{name}.log")
        if not options.k and result != old and (not old or not lines or options.accept):
            table[name] = result
            changed = True
    if changed and not options.dry_run:
        write_table(table)
        print("the table was rewritten: commit it")
    print(f"{len(names)} files, {bad} worse, {time.monotonic() - start:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
