import os
try:
    pass
print(1)
