def größe(名前): return 名前 / 0
ergebnis = "äöü" + str(größe(5)) + "日本語" + undefined_größe
