import sys, traceback
def hook(t, v, tb):
    print("HOOK", t.__name__, v, [f.name for f in traceback.extract_tb(tb)]); print(traceback.format_exception(t, v, tb)[-1].strip())
sys.excepthook = hook
def inner(): raise OSError(28, "No space left on device", "/tmp/x")
inner()
