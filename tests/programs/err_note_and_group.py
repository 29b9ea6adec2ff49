def check(v):
    if v < 0:
        e = ValueError(f"negative: {v}"); e.add_note("values must be >= 0"); e.add_note("see the manual\nchapter 3"); raise e
errors = []
for v in (1, -2, -3):
    try: check(v)
    except ValueError as e: errors.append(e)
try: raise ExceptionGroup("validation", errors)
except* ValueError as g:
    print(len(g.exceptions), [e.__notes__ for e in g.exceptions])
    raise RuntimeError("stopped") from g
