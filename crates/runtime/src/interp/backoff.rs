//! The 16-bit countdown counters in inline caches (`pycore_backoff.h`): 12 bits of value, 4 bits of backoff.

const BITS: u16 = 4;
const MAX_BACKOFF: u16 = 12;
/// A counter with this backoff never triggers.
const UNREACHABLE: u16 = 15;

const fn make(value: u16, backoff: u16) -> u16 {
    value << BITS | backoff
}

/// Of a fresh instruction: specialise at the second execution.
pub const WARMUP: u16 = make(1, 1);
/// After specialisation: try again after 53 misses.
pub const COOLDOWN: u16 = make(52, 0);
/// Of a fresh backward jump.
pub const JUMP_INITIAL: u16 = make(4095, 12);

/// Is it zero?
#[inline(always)]
pub fn triggers(counter: u16) -> bool {
    counter < UNREACHABLE
}

/// One less.
#[inline(always)]
pub fn advance(counter: u16) -> u16 {
    counter.wrapping_sub(1 << BITS)
}

/// After a failed specialisation: wait twice as long as last time.
pub fn restart(counter: u16) -> u16 {
    let backoff = counter & 15;
    if backoff < MAX_BACKOFF {
        make((1 << (backoff + 1)) - 1, backoff + 1)
    } else {
        make((1 << MAX_BACKOFF) - 1, MAX_BACKOFF)
    }
}

/// Never triggers at its next look: for instructions hidden by instrumentation.
pub fn pause(counter: u16) -> u16 {
    counter | 1 << BITS
}
