import csv, io, configparser, argparse, getopt, sys, logging, urllib.parse as u, html, uuid, ipaddress, tomllib
r = csv.reader(io.StringIO('a,"b ""q"" c",\n1,2,"multi\nline"\n')); print(list(r), r.line_num, list(csv.reader(["x;y"], delimiter=";")), list(csv.reader(["a b 'c d'"], delimiter=" ", quotechar="'")), list(csv.DictReader(["k,v", "1,2", "3"])), list(csv.reader(["1,'a'"], quoting=csv.QUOTE_NONNUMERIC, quotechar="'")))
o = io.StringIO(); w = csv.writer(o); w.writerow(["a", 1, None, 'q"x', "c,d", 2.5]); w.writerows([[1], []]); csv.DictWriter(o, ["x", "y"], restval="-").writerow({"x": 1}); csv.writer(o, quoting=csv.QUOTE_ALL, lineterminator="|").writerow(["z"]); print(repr(o.getvalue()), csv.list_dialects(), csv.Sniffer().sniff("a;b\nc;d").delimiter, csv.field_size_limit())
for bad in (lambda: list(csv.reader(["a"], delimiter="ab")), lambda: csv.writer(5), lambda: csv.writer(io.StringIO()).writerow(5), lambda: list(csv.reader(['"a'], strict=True)), lambda: list(csv.reader([1])), lambda: csv.get_dialect("no"), lambda: csv.writer(io.StringIO(), quoting=csv.QUOTE_NONE).writerow(["a,b"]), lambda: list(csv.reader(["a"], nope=1)), lambda: csv.DictWriter(io.StringIO(), ["a"]).writerow({"b": 1}), lambda: list(csv.reader(["x"], quoting=csv.QUOTE_NONNUMERIC))):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
c = configparser.ConfigParser(); c.read_string("[a]\nx = 1\ny: %(x)s2\n[b]\nflag=yes\n"); print(c.sections(), c["a"]["y"], c.getint("a", "x"), c.getboolean("b", "flag"), c.get("a", "no", fallback="f"), dict(c["a"]))
try: c.get("a", "no")
except configparser.NoOptionError as e: print(e)
p = argparse.ArgumentParser("prog", description="desc"); p.add_argument("pos", nargs="+", type=int, help="numbers"); p.add_argument("-v", "--verbose", action="count", default=0); p.add_argument("--mode", choices=["a", "b"]); print(p.parse_args(["1", "2", "-vv", "--mode", "a"])); print(p.format_help())
sys.stderr = sys.stdout
for a in (["x"], [], ["1", "--mode", "z"], ["1", "--nope"]):
    try: p.parse_args(a)
    except SystemExit as e: print("exit", e.code)
print(getopt.getopt(["-a", "--long=5", "rest"], "ab:", ["long="]), u.urlparse("http://u:p@h:80/p;q?a=1&b=2#f"), u.quote("a b/é"), u.unquote("%C3%A9+"), u.urlencode({"a": [1, 2], "b": "x y"}, doseq=True), u.parse_qs("a=1&a=2&b="), u.urljoin("http://x/a/b", "../c"), html.escape("<a&\">"), html.unescape("&lt;&eacute;&#x41;"))
s = io.StringIO(); logging.basicConfig(stream=s, level="INFO", format="%(levelname)s:%(name)s:%(message)s"); logging.getLogger("x").info("hi %s", 5); logging.debug("no"); logging.warning("w %(a)s", {"a": 1}); 
try: 1 / 0
except ZeroDivisionError: logging.exception("exc")
print(s.getvalue().splitlines()[:4], uuid.UUID(int=5), uuid.uuid5(uuid.NAMESPACE_DNS, "x"), ipaddress.ip_network("10.0.0.0/30").num_addresses, list(ipaddress.ip_network("10.0.0.0/30").hosts()), ipaddress.ip_address("::1").is_loopback, tomllib.loads('a = [1, 2.5]\n[t]\nd = 2024-01-01T00:00:00Z\ns = "x"'))
