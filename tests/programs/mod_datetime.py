from datetime import *
d = date(2024, 2, 29); t = time(13, 5, 9, 123456); dt = datetime(2024, 2, 29, 13, 5, 9, 7, tzinfo=timezone.utc); td = timedelta(days=1, hours=-5, microseconds=3)
print(d, t, dt, td, repr(d), repr(t), repr(dt), repr(td), d.isoformat(), d.weekday(), d.isocalendar(), d.toordinal(), d.timetuple()[:8], d.strftime("%a %d %B %Y %j %U"), d.replace(year=2023, day=1), d.ctime(), date.fromordinal(1), date.fromisoformat("20240101"), date.fromisocalendar(2024, 9, 4), date.max)
print(dt + td, dt - datetime(2024, 1, 1, tzinfo=timezone.utc), d + timedelta(366), d - date(2023, 2, 28), td * 2.5, td / 2, td // timedelta(hours=1), td % timedelta(hours=1), -td, abs(-td), td.total_seconds(), divmod(td, timedelta(hours=7)), timedelta(weeks=1, minutes=90), timedelta.max, timedelta(0.5), bool(timedelta()))
print(dt.isoformat(" ", "milliseconds"), dt.timestamp(), datetime.fromtimestamp(0, timezone.utc), dt.astimezone(timezone(timedelta(hours=5, minutes=30), "IST")), dt.utcoffset(), dt.tzname(), datetime.fromisoformat("2024-02-29T01:02:03.5+02:00"), datetime.strptime("01/02/24 03:04 PM", "%d/%m/%y %I:%M %p"), datetime.combine(d, t), dt.date(), dt.time(), dt.timetz(), dt.strftime("%H:%M:%S.%f %z %Z %%"), time.fromisoformat("04:05:06Z"), t.replace(hour=0), timezone.utc, timezone(timedelta(hours=-3)))
print(d < date(2025, 1, 1), dt == dt.astimezone(timezone(timedelta(hours=1))), t > time(1), hash(d) == hash(date(2024, 2, 29)), td > timedelta(0), datetime(2024, 1, 1) == date(2024, 1, 1), sorted([date(2024, 3, 1), d]), f"{d:%Y/%m}", f"{dt:%H}", time(0) and True, dt.fold, datetime.min, t.isoformat("minutes"), time.min)
for bad in ("date(2024, 2, 30)", "date(0, 1, 1)", "time(25)", "datetime(2024, 13, 1)", "date('a')", "dt - datetime(2024, 1, 1)", "dt < datetime(2024, 1, 1)", "date.fromisoformat('x')", "datetime.strptime('x', '%Y')", "timedelta(days=10 ** 10)", "date.max + timedelta(1)", "timezone(timedelta(hours=25))", "td + 1", "d + d", "timedelta('a')", "datetime.fromtimestamp(1e20)", "date(2024)", "td / 0", "d < 5", "time.fromisoformat('99')", "datetime(2024, 1, 1, tzinfo=5)", "date.fromisocalendar(2024, 60, 1)", "tzinfo().utcoffset(None)", "d.replace(day=99)", "td // 0.5"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
class TZ(tzinfo):
    def utcoffset(self, dt): return timedelta(hours=2)
    def dst(self, dt): return timedelta(hours=1)
    def tzname(self, dt): return "TZ"
x = datetime(2024, 7, 1, 12, tzinfo=TZ()); print(x, x.dst(), x.tzname(), x.utctimetuple()[:5], x.astimezone(timezone.utc)); import pickle, copy; print([pickle.loads(pickle.dumps(o)) == o for o in (d, t, dt, td, timezone.utc)], copy.deepcopy(dt) == dt)
class D(date):
    def __new__(cls, *a): return super().__new__(cls, *a)
print(D(2024, 1, 1) + timedelta(1), type(D(2024, 1, 1) + timedelta(1)).__name__, type(D.today()).__name__); import calendar; print(calendar.month(2024, 2), calendar.isleap(2000), calendar.monthrange(2024, 2), calendar.timegm((1970, 1, 2, 0, 0, 0)))
