import logging, logging.handlers, sys, io
log = logging.getLogger("app"); log.setLevel(logging.DEBUG); s = io.StringIO(); h = logging.StreamHandler(s); h.setFormatter(logging.Formatter("{levelname:<8}{name}:{funcName}:{lineno} {message}", style="{")); log.addHandler(h); log.propagate = False
def work(x):
    log.debug("x=%r", x)
    try: return 10 / x
    except ZeroDivisionError: log.error("failed", exc_info=True)
work(5); work(0); log.getChild("sub").warning("child %(a)s", {"a": 1}); log.log(25, "custom"); logging.addLevelName(25, "NOTE"); log.log(25, "named")
class F(logging.Filter):
    def filter(self, r): return "secret" not in r.getMessage()
h.addFilter(F()); log.info("secret 1"); log.info("public"); print(s.getvalue().replace(__file__, "FILE")); m = logging.handlers.MemoryHandler(10, target=h); print(log.isEnabledFor(10), logging.getLevelName(30), log.handlers[0].level, log.getEffectiveLevel(), repr(log), logging.getLogger().name)
logging.getLogger("bare").error("to stderr, last resort")
