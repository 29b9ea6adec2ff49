def first(p, s):
    i = 0
    while i < len(s):
        if p(s[i]): break
        i += 1
    else: return "none"
    return s[i]
print(first(str.isdigit, "ab3d"), first(str.isdigit, "abc"), first(lambda c: c > "x", "xyz"))
for n in range(2, 20):
    for d in range(2, n):
        if n % d == 0: break
    else: print(n, end=" ")
print()
i = 10
while (i := i - 3) > 0: print(i, end=";")
else: print("end", i)
