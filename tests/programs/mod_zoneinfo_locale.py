import locale, gettext, calendar
print(locale.setlocale(locale.LC_ALL, "C"), locale.localeconv()["decimal_point"], locale.format_string("%d %.2f", (5, 2.5)), locale.str(1.5), locale.atof("1.5"), locale.strcoll("a", "b") < 0, locale.getpreferredencoding(False), locale.normalize("en_us"), gettext.gettext("hello"), gettext.ngettext("one", "many", 2))
try: locale.setlocale(locale.LC_ALL, "xx_YY")
except locale.Error as e: print(e)
print(calendar.TextCalendar(6).formatmonth(2024, 2), calendar.day_name[0], list(calendar.Calendar().itermonthdays(2024, 2))[:5], calendar.weekday(2024, 2, 29), calendar.leapdays(2000, 2024))
import zoneinfo
try: zoneinfo.ZoneInfo("No/Such")
except Exception as e: print(type(e).__name__, e)
