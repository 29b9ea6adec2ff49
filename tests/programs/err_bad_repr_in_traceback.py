class Bad(Exception):
    def __str__(self): raise ValueError("str failed")
class Odd(Exception): __module__ = "some.module"
try: raise Odd("visible")
except Odd as e: import traceback; print(traceback.format_exception_only(e))
raise Bad(1)
