class A:
    def f(self):
        return 1
    x = f"{self.y!z}"
