"""hashlib and hmac as programs use them: new(), key derivation, keyed hashes, errors."""
import hashlib
import hmac


def attempt(function):
    try:
        print(function())
    except Exception as e:
        print(type(e).__name__, e)


for name in sorted(hashlib.algorithms_guaranteed):
    h = hashlib.new(name, b"data")
    g = getattr(hashlib, name)(b"da")
    g.update(b"ta")
    size = (20,) if name.startswith("shake") else ()
    print(name, h.name, h.digest_size, h.block_size, h.hexdigest(*size), h.copy().digest(*size) == g.digest(*size))
    if not size:
        print(hmac.new(b"key", b"msg", name).hexdigest(), hmac.digest(b"key", b"msg", name).hex())
for digest in "sha1", "sha256", "sha512", "md5", "sha3_256", "blake2b":
    print(digest, hashlib.pbkdf2_hmac(digest, b"password", b"salt", 100, 40).hex(), len(hashlib.pbkdf2_hmac(digest, b"", b"", 1)))
print(hashlib.scrypt(b"password", salt=b"NaCl", n=1024, r=8, p=2, dklen=32).hex())
print(hashlib.scrypt(b"", salt=b"", n=16, r=1, p=1).hex())
h = hmac.new(b"k" * 200, digestmod=hashlib.sha256)
h.update(b"one")
c = h.copy()
c.update(b"two")
print(h.name, h.digest_size, h.block_size, h.hexdigest(), c.hexdigest(), hmac.compare_digest(h.digest(), c.digest()))
for bad in (
    lambda: hashlib.new("nope"),
    lambda: hashlib.new(1),
    lambda: hashlib.sha256("text"),
    lambda: hashlib.sha256(1),
    lambda: hmac.new(b"k"),
    lambda: hmac.new("k", b"", "sha256"),
    lambda: hashlib.pbkdf2_hmac("sha1", b"p", b"s", 0),
    lambda: hashlib.pbkdf2_hmac("sha1", b"p", b"s", 1, 0),
    lambda: hashlib.pbkdf2_hmac("sha1", "p", b"s", 1),
    lambda: hashlib.scrypt(b"p", salt=b"s", n=3, r=8, p=1),
    lambda: hashlib.scrypt(b"p", salt=b"s", n=2, r=0, p=1),
    lambda: hashlib.scrypt(b"p", salt=b"s", n=1 << 20, r=8, p=1),
    lambda: hashlib.scrypt(b"p", salt=b"s", n=2, r=8, p=1, dklen=0),
    lambda: hashlib.scrypt(b"p"),
    lambda: hashlib.shake_128().hexdigest(),
):
    attempt(bad)
