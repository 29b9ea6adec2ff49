def a(): raise ValueError("one")
def b(): raise TypeError("two")
errors = []
for f in (a, b):
    try: f()
    except Exception as e: errors.append(e)
errors[0].add_note("a note\nover two lines")
raise ExceptionGroup("several", [*errors, ExceptionGroup("inner", [KeyError("three")])])
