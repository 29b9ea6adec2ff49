import enum
class Op(enum.IntEnum): PUSH = 1; ADD = 2; MUL = 3; JNZ = 4; DUP = 5; PRINT = 6; SUB = 7; HALT = 8; SWAP = 9; OVER = 10
def run(code, limit=1000):
    stack, pc, out = [], 0, []
    for _ in range(limit):
        match code[pc]:
            case (Op.PUSH, n): stack.append(n)
            case Op.ADD | (Op.ADD,): b, a = stack.pop(), stack.pop(); stack.append(a + b)
            case Op.SUB: b, a = stack.pop(), stack.pop(); stack.append(a - b)
            case Op.MUL: stack.append(stack.pop() * stack.pop())
            case Op.DUP: stack.append(stack[-1])
            case Op.OVER: stack.append(stack[-2])
            case Op.SWAP: stack[-1], stack[-2] = stack[-2], stack[-1]
            case Op.PRINT: out.append(stack.pop())
            case (Op.JNZ, to) if stack[-1] != 0: pc = to; continue
            case (Op.JNZ, _): pass
            case Op.HALT: return out, stack
            case bad: raise ValueError(f"bad op {bad!r} at {pc}")
        pc += 1
    raise TimeoutError(f"limit {limit}")
print(run([(Op.PUSH, 1), (Op.PUSH, 6), Op.SWAP, Op.OVER, Op.MUL, Op.SWAP, (Op.PUSH, 1), Op.SUB, (Op.JNZ, 2), Op.SWAP, Op.PRINT, Op.HALT]))
for p in ([(Op.PUSH, 1), (Op.JNZ, 0)], ["junk"], [Op.ADD]):
    try: run(p)
    except Exception as e: print(type(e).__name__, e)
