import csv, io, itertools, operator, statistics
data = "name,dept,salary\nAnn,Eng,100\nBob,Ops,80\nCid,Eng,120\n\"Dee, Jr\",Ops,95\nEve,HR,\n"
rows = list(csv.DictReader(io.StringIO(data))); print(rows[3]["name"], len(rows))
ok = [{**r, "salary": int(r["salary"])} for r in rows if r["salary"]]
for dept, grp in itertools.groupby(sorted(ok, key=operator.itemgetter("dept", "salary")), key=operator.itemgetter("dept")):
    g = list(grp); print(f"{dept:<5}|{len(g):>3}|{statistics.mean(r['salary'] for r in g):>8.2f}|{', '.join(r['name'] for r in g)}")
o = io.StringIO(); w = csv.DictWriter(o, ["name", "salary"], extrasaction="ignore"); w.writeheader(); w.writerows(sorted(ok, key=lambda r: -r["salary"])); print(o.getvalue().replace("\r\n", "\n"), end="")
try: csv.DictWriter(o, ["name"]).writerow(ok[0])
except ValueError as e: print(e)
