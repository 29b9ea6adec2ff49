import queue, heapq, itertools
class Task:
    _seq = itertools.count()
    def __init__(self, pri, name): self.key = (pri, next(Task._seq)); self.name = name
    def __lt__(self, o): return self.key < o.key
pq = queue.PriorityQueue()
for p, n in [(3, "c"), (1, "a"), (2, "b"), (1, "a2")]: pq.put(Task(p, n))
print([pq.get().name for _ in range(4)], pq.qsize(), pq.empty(), pq.full())
q = queue.Queue(1); q.put(1)
try: q.put(2, timeout=0.01)
except queue.Full: print("full")
q.shutdown(immediate=True)
try: q.get()
except queue.ShutDown as e: print(type(e).__name__)
