import json
v = {"a": [1, 2.5, None, True, "é\n\"\\\u2028😀"], "b": {}, "c": [], "1": -0.0, "n": 10 ** 20}
s = json.dumps(v); print(s, json.loads(s) == v); print(json.dumps(v, indent=2, sort_keys=True, ensure_ascii=False)); print(json.dumps([1, {"a": 2}], separators=(",", ":")), json.dumps({1: 2, None: 3, True: 4, 2.5: 5}), json.dumps((1, 2)), json.dumps("\x7f\x00"))
print(json.loads('[1e5, -1.5E-3, "\\u00e9\\ud83d\\ude00", {"a": {"b": null}}, NaN, -Infinity]'), json.loads(b'{"x": 1}'), json.loads('1', parse_int=str), json.loads('{"a": 1, "a": 2}', object_pairs_hook=list), json.loads('{"a": 1}', object_hook=lambda d: sorted(d)), json.loads("[1.5]", parse_float=lambda s: s + "!"))
for bad in ("", "{", '{"a"}', "[1,]", '{"a": 1,}', "nul", '"\n"', '"\\x"', "[1] 2", "{'a': 1}", '"abc', "01", "-", "1.", '{"a":}', "[", '"\\ud800"', "\ufeff1"):
    try: print(repr(json.loads(bad)))
    except json.JSONDecodeError as e: print(repr(bad), e, e.pos, e.lineno, e.colno)
for bad in (object(), {1j: 2}, {(1,): 2}, float("nan")):
    try: print(json.dumps(bad, allow_nan=False))
    except (TypeError, ValueError) as e: print(type(e).__name__, str(e).split(" at 0x")[0])
l = []; l.append(l)
try: json.dumps(l)
except ValueError as e: print(e)
class E(json.JSONEncoder):
    def default(self, o): return sorted(o) if isinstance(o, set) else super().default(o)
print(json.dumps({"s": {3, 1}}, cls=E), json.dumps(1 + 2j, default=lambda o: [o.real, o.imag]), json.dumps({(1,): 1, "k": 2}, skipkeys=True), "".join(json.JSONEncoder().iterencode([1, "a"])))
import io
f = io.StringIO(); json.dump({"k": [1]}, f); print(f.getvalue(), json.load(io.StringIO("[1]")), json.JSONDecoder().raw_decode('[1] rest'))
