import heapq, bisect, statistics, random, collections
r = random.Random(7); data = [r.randint(0, 99) for _ in range(40)]; print(data[:10], sorted(data)[:5], heapq.nsmallest(3, data), heapq.nlargest(3, data, key=lambda x: x % 10), statistics.median(data), round(statistics.pstdev(data), 4), collections.Counter(d // 25 for d in data).most_common())
s = []
for d in data: bisect.insort(s, d)
print(s == sorted(data), bisect.bisect_left(s, 50), bisect.bisect_right(s, 50), [("F", "D", "C", "B", "A")[bisect.bisect([60, 70, 80, 90], g)] for g in (33, 99, 77, 70, 89)])
class MedianHeap:
    def __init__(self): self.lo, self.hi = [], []
    def add(self, x):
        heapq.heappush(self.hi, -heapq.heappushpop(self.lo, -x))
        if len(self.hi) > len(self.lo): heapq.heappush(self.lo, -heapq.heappop(self.hi))
    @property
    def median(self): return -self.lo[0] if len(self.lo) > len(self.hi) else (self.hi[0] - self.lo[0]) / 2
m = MedianHeap(); out = []
for d in data[:8]: m.add(d); out.append(m.median)
print(out, r.choices("xyz", k=5), r.sample(data, 3), r.shuffle(data), data[:3], round(r.gauss(0, 1), 8), r.getrandbits(40), list(heapq.merge([1, 5], [2, 4], [3])), heapq.heapify_max.__name__)
