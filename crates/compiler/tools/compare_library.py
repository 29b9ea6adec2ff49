"""Compare the code objects of many files with the reference's.

    ref-python3.14 compare_library.py [-O LEVEL] [-n SHOWN] DUMP_CODE_PY DUMP_CODE_BINARY PATH ...

Folders stand for the Python files in them.  The reference's answers are kept in a
cache folder ($COMPARE_CACHE, /tmp/compare_library by default), so that a second run costs only ours.
"""
import hashlib
import os
import subprocess
import sys

BATCH = 40


def blocks(text):
    """Split a dump into {path: lines}."""
    result, current = {}, None
    for line in text.splitlines():
        if line.startswith("file "):
            current = result[line[5:]] = []
        elif current is not None:
            current.append(line)
    return result


def run(command, paths):
    """One dump of many files; a crash is retried file by file."""
    done = subprocess.run(command + paths, capture_output=True, text=True, errors="replace", timeout=1800)
    result = blocks(done.stdout)
    if done.returncode and len(paths) > 1:
        for path in paths:
            result.update(run(command, [path]))
    elif done.returncode:
        result.setdefault(paths[0], []).append("CRASH " + done.stderr.strip()[-300:])
    return result


def reference(command, paths, level, cache):
    """The reference's dumps, from the cache where it has them."""
    result, missing = {}, []
    os.makedirs(cache, exist_ok=True)
    keys = {path: os.path.join(cache, hashlib.sha1((path + str(os.stat(path).st_mtime_ns)).encode()).hexdigest() + "-" + level)
            for path in paths}
    for path, key in keys.items():
        if os.path.exists(key):
            with open(key) as f:
                result[path] = f.read().splitlines()
        else:
            missing.append(path)
    if missing:
        fresh = run(command, missing)
        for path in missing:
            result[path] = fresh.get(path, ["MISSING"])
            with open(keys[path], "w") as f:
                f.write("\n".join(result[path]))
    return result


def files(paths):
    for path in paths:
        if os.path.isdir(path):
            for folder, folders, names in os.walk(path):
                folders.sort()
                found = (os.path.join(folder, name) for name in sorted(names) if name.endswith(".py"))
                yield from filter(os.path.exists, found)
        else:
            if os.path.exists(path):
                yield path


def main():
    args, level, shown = sys.argv[1:], "0", 20
    while args[0] in ("-O", "-n"):
        if args[0] == "-O":
            level = args[1]
        else:
            shown = int(args[1])
        del args[:2]
    script, binary = args[:2]
    cache = os.environ.get("COMPARE_CACHE", "/tmp/compare_library")
    paths = list(files(args[2:]))
    agree, different = 0, []
    for start in range(0, len(paths), BATCH):
        batch = paths[start:start + BATCH]
        theirs = reference([sys.executable, "-W", "ignore", script, "-O", level], batch, level, cache)
        ours = run([binary, "-O", level], batch)
        for path in batch:
            a, b = theirs[path], ours.get(path, ["MISSING"])
            if a == b:
                agree += 1
                continue
            at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            scope = next((line.strip() for line in reversed(a[:at + 1]) if line.lstrip().startswith("code ")), "")
            different.append((path, scope, a[at] if at < len(a) else "END", b[at] if at < len(b) else "END"))
    for path, scope, a, b in different[:shown]:
        print(path, scope, "\n  theirs", a[:400], "\n  ours  ", b[:400])
    print(f"-O {level}: {agree} of {len(paths)} agree")
    sys.exit(bool(different))


main()
