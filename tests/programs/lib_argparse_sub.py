import argparse, sys
p = argparse.ArgumentParser(prog="tool"); sub = p.add_subparsers(dest="cmd", required=True); a = sub.add_parser("add", help="adds"); a.add_argument("n", type=float, nargs="*"); a.add_argument("--neg", action=argparse.BooleanOptionalAction); r = sub.add_parser("run", aliases=["r"]); r.add_argument("-j", type=int, default=1, metavar="N"); r.add_argument("file", type=argparse.FileType("r") if False else str); g = r.add_mutually_exclusive_group(); g.add_argument("--fast", action="store_true"); g.add_argument("--slow", action="store_const", const=9)
for argv in (["add", "1", "2.5"], ["add", "--no-neg"], ["r", "f", "-j4", "--fast"], ["run", "f", "--slow"]): print(p.parse_args(argv))
sys.stderr = sys.stdout
for argv in ([], ["nope"], ["add", "x"], ["run"], ["run", "f", "--fast", "--slow"], ["run", "-j", "a", "f"], ["-h"], ["run", "--help"]):
    try: p.parse_args(argv)
    except SystemExit as e: print("->", e.code)
