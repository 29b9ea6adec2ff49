class State:
    transitions = {}
    def __init_subclass__(cls, **k): super().__init_subclass__(**k); State.transitions[cls.__name__] = {n: f for n, f in vars(cls).items() if callable(f) and not n.startswith("_")}
class Idle(State):
    def start(m): print("starting"); return "Running"
class Running(State):
    def pause(m): return "Paused"
    def stop(m): print("stopping after", m.ticks); return "Idle"
    def tick(m): m.ticks += 1; return "Running"
class Paused(State):
    resume = lambda m: "Running"
class Machine:
    def __init__(self): self.state, self.ticks = "Idle", 0
    def __getattr__(self, n):
        try: f = State.transitions[self.state][n]
        except KeyError: raise AttributeError(f"cannot {n} while {self.state}") from None
        def go(): self.state = f(self); return self
        return go
m = Machine(); m.start().tick().tick().pause(); print(m.state)
for a in ("tick", "resume", "stop", "stop"):
    try: getattr(m, a)(); print(a, "->", m.state)
    except AttributeError as e: print(e)
print({k: sorted(v) for k, v in State.transitions.items()})
