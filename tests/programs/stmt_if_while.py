def classify(n):
    if n < 0: return "negative"
    elif n == 0: return "zero"
    elif n < 10: return "small"
    else: return "large"
print([classify(n) for n in (-5, 0, 3, 10)])
n = 27; steps = 0
while n != 1:
    n = n // 2 if n % 2 == 0 else 3 * n + 1
    steps += 1
else:
    print("done", steps)
i = 0
while True:
    i += 1
    if i % 2: continue
    if i > 8: break
    print(i, end=" ")
print()
while i: i -= 1
else: print("empty", i)
for x in []: print("never")
else: print("for-else")
for x in range(5):
    if x == 3: break
else: print("never")
print(x)
