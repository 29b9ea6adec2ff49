x: int = 5
async def g():
    def h(): await x
