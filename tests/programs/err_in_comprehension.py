data = [{"v": 1}, {"v": None}, {"v": 3}]
def total(rows):
    return sum(
        r["v"] * 2
        for r in rows
    )
total(data)
