import threading, sys
def work(): raise LookupError("thread died")
threading.excepthook = lambda a: print("hook", a.exc_type.__name__, a.exc_value, a.thread.name)
t = threading.Thread(target=work, name="worker-1"); t.start(); t.join()
print("main goes on")
sys.exit(5)
