import collections
import functools
import itertools
import os.path
import re
import string

print(collections.Counter("abracadabra").most_common(2), collections.deque([1, 2, 3], maxlen=2))
print(functools.reduce(lambda a, b: a * b, range(1, 6)), list(itertools.chain("ab", [1])))
print(os.path.join("a", "b.txt"), re.findall(r"\d+", "a1b22c333"), string.ascii_lowercase[:3])
P = collections.namedtuple("P", "x y")
print(P(1, 2), P(3, 4)._replace(x=9))
