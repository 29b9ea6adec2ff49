import html.parser, textwrap, re, unicodedata, difflib
class P(html.parser.HTMLParser):
    def __init__(self): super().__init__(); self.out, self.depth = [], 0
    def handle_starttag(self, t, a): self.out.append("  " * self.depth + f"<{t} {dict(a)}>"); self.depth += t not in ("br", "img")
    def handle_endtag(self, t): self.depth -= 1; self.out.append("  " * self.depth + f"</{t}>")
    def handle_data(self, d):
        if d.strip(): self.out.append("  " * self.depth + d.strip())
    def handle_comment(self, d): self.out.append(f"<!--{d}-->")
p = P(); p.feed("<div class='a b' id=x><p>Hi &amp; &eacute;<br>there</p><!-- c --><img src=\"q\"></div>"); print("\n".join(p.out))
print(unicodedata.normalize("NFKD", "Ünïcödé ﬁ").encode("ascii", "ignore"), [unicodedata.category(c) for c in "aA1 _€"], "".join(c for c in unicodedata.normalize("NFD", "àéî") if not unicodedata.combining(c)), unicodedata.name("ß"), re.sub(r"[^\w]+", "-", "Hello,  Wörld!").strip("-").lower(), textwrap.dedent("\n    x\n      y\n").strip())
print("\n".join(difflib.context_diff(["a\n", "b\n"], ["a\n", "c\n"], lineterm="")), difflib.SequenceMatcher(None, "private", "privates").get_opcodes(), html.escape("<'\">") if hasattr(html, "escape") else "")
