import time, signal, os, sys
print(time.gmtime(0)[:6], time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(86400)), time.mktime(time.localtime(1e9)) == 1e9, time.asctime(time.gmtime(0)), time.strptime("2024-03-01", "%Y-%m-%d")[:3], time.monotonic() <= time.monotonic(), time.perf_counter_ns() > 0, time.time() > 1.7e9, type(time.time_ns()).__name__, time.process_time() >= 0, time.get_clock_info("monotonic").monotonic, time.gmtime(0).tm_zone, time.struct_time(range(9)).tm_yday, time.thread_time() >= 0)
for bad in ("time.sleep(-1)", "time.gmtime(1e20)", "time.strftime(5)", "time.mktime(())", "time.strptime('a', '%Y')", "time.sleep('a')", "time.gmtime('a')", "time.strftime('%Y', (1, 2))", "time.clock_gettime(9999)", "time.struct_time([1])", "signal.signal(999, signal.SIG_DFL)", "signal.signal(signal.SIGINT, 5)", "signal.getsignal(0)", "signal.alarm('a')", "signal.Signals(999)"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
signal.signal(signal.SIGUSR1, lambda n, f: print("got", signal.Signals(n).name, f.f_code.co_name)); os.kill(os.getpid(), signal.SIGUSR1); signal.raise_signal(signal.SIGUSR1); print(signal.getsignal(signal.SIGUSR1).__name__, signal.SIGINT, signal.strsignal(2), signal.getsignal(signal.SIGTERM), signal.default_int_handler.__name__)
def on_alarm(n, f): raise TimeoutError("alarm")
signal.signal(signal.SIGALRM, on_alarm); signal.setitimer(signal.ITIMER_REAL, 0.02)
try: time.sleep(5)
except TimeoutError as e: print(e)
signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    while True: pass
except TimeoutError as e: print(e)
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job starts with SIGINT ignored
try: os.kill(os.getpid(), signal.SIGINT); time.sleep(1)
except KeyboardInterrupt: print("ctrl-c")
print(signal.sigpending(), signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.SIGCHLD in signal.valid_signals())
pid = os.fork()
if pid == 0:
    signal.signal(signal.SIGTERM, signal.SIG_DFL); os.kill(os.getpid(), signal.SIGTERM)
print(os.WTERMSIG(os.waitpid(pid, 0)[1]))
