import re
class Template:
    def __init__(self, src):
        self.code = ["def render(**ctx):", " out = []"]; depth = 1
        for tok in re.split(r"(\{\{.*?\}\}|\{%.*?%\})", src):
            pad = " " * depth
            if tok.startswith("{{"): self.code.append(f"{pad}out.append(str(eval({tok[2:-2].strip()!r}, dict(ctx))))")
            elif tok.startswith("{%"):
                w = tok[2:-2].strip()
                if w.startswith("for "): _, v, _, s = w.split(None, 3); self.code += [f"{pad}for {v} in eval({s!r}, dict(ctx)):", f"{pad} ctx[{v!r}] = {v}"]; depth += 1
                elif w.startswith("if "): self.code.append(f"{pad}if eval({w[3:]!r}, dict(ctx)):"); depth += 1
                elif w == "else": self.code.append(" " * (depth - 1) + "else:")
                elif w == "end": depth -= 1
            elif tok: self.code.append(f"{pad}out.append({tok!r})")
        self.code.append(" return ''.join(out)"); ns = {}; exec(compile("\n".join(self.code), "<template>", "exec"), ns); self.render = ns["render"]
t = Template("Hi {{ name.title() }}! {% for i in items %}{% if i % 2 %}[{{ i }}]{% else %}({{ i ** 2 }}){% end %} {% end %}done"); print(t.render(name="ann lee", items=range(5)))
try: t.render(name="x")
except NameError as e: print(e)
try: Template("{% for x in y %}")
except SyntaxError as e: print(type(e).__name__, e.msg)
