import random, statistics as s
r = random.Random(42); print(r.random(), r.randint(1, 100), r.choice("abc"), r.sample(range(50), 5), r.shuffle(l := list(range(8))) or l, r.uniform(1, 2), r.gauss(0, 1), r.expovariate(1), r.choices("ab", [1, 3], k=5), r.getrandbits(70), r.randrange(0, 100, 7), r.triangular(), r.betavariate(1, 2), r.normalvariate(), r.vonmisesvariate(0, 1), r.randbytes(5), r.binomialvariate(10, 0.3))
st = r.getstate(); a = r.random(); r.setstate(st); print(a == r.random(), st[0], len(st[1])); random.seed("text"); print(random.random()); random.seed(10 ** 30); print(random.random()); random.seed(b"bytes"); print(random.random()); random.seed(2.5); print(random.random())
for bad in ("r.choice([])", "r.randint(5, 1)", "r.sample([1], 2)", "r.sample({1}, 1)", "r.getrandbits(-1)", "r.randrange(0)", "r.choices([], k=1)", "random.seed([])", "r.setstate((1, 2))", "r.choices('ab', [0, 0])", "r.randrange(1.5)"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
d = [1, 2, 2, 3, 4, 7, 9]; print(s.mean(d), s.median(d), s.mode(d), s.stdev(d), s.pvariance(d), s.quantiles(d), s.harmonic_mean(d), s.geometric_mean(d), s.fmean(d, weights=range(1, 8)), s.multimode("aabb"), s.median_low([1, 2, 3, 4]), s.median_grouped(d), s.correlation([1, 2, 3], [2, 4, 7]), s.linear_regression([1, 2, 3], [2, 4, 7]), s.NormalDist(0, 1).cdf(1), s.NormalDist.from_samples(d))
try: s.mean([])
except s.StatisticsError as e: print(e)
from fractions import Fraction as F; print(s.mean([F(1, 2), F(1, 3)]), F("0.125"), F(1.5) ** 2, F(7, 3) // 1, round(F(5, 2)), F(3, -6), F(22, 7).limit_denominator(5), float(F(1, 3)), F(1, 3) < 0.34, hash(F(1, 2)) == hash(0.5), f"{F(1, 3):.3f}")
