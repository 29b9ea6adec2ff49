import hashlib, hmac, zlib, gzip, base64, binascii, io
for n in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s"): print(n, hashlib.new(n, b"abc").hexdigest()[:32], hashlib.new(n).digest_size, hashlib.new(n).block_size)
print(hashlib.shake_128(b"x").hexdigest(8), hmac.new(b"k", b"m", "sha256").hexdigest(), hmac.compare_digest("a", "a"), hashlib.blake2b(b"d", digest_size=8, key=b"k", person=b"p").hexdigest(), sorted(hashlib.algorithms_guaranteed)[:3])
h = hashlib.sha256(); h.update(b"a"); c = h.copy(); c.update(b"b"); print(h.hexdigest()[:10], c.hexdigest()[:10], h.name)
d = b"hello " * 100; c = zlib.compress(d); print(zlib.decompress(c) == d, len(c) < 50, zlib.crc32(b"abc"), zlib.adler32(b"abc"), zlib.decompress(zlib.compress(b"x", 9, 15)), zlib.crc32(b"c", zlib.crc32(b"ab")))
o = zlib.compressobj(6, zlib.DEFLATED, -15); r = o.compress(d) + o.flush(); i = zlib.decompressobj(-15); print(i.decompress(r, 10), len(i.unconsumed_tail) > 0, i.decompress(i.unconsumed_tail)[:5], i.eof, i.flush()[:3])
g = gzip.compress(b"data", mtime=0); print(g[:4], gzip.decompress(g), gzip.GzipFile(fileobj=io.BytesIO(g)).read())
print(base64.b64encode(b"hi\xff"), base64.b64decode("aGk="), base64.urlsafe_b64encode(b"\xfb\xff"), base64.b32encode(b"hi"), base64.b16decode("6869"), base64.b85encode(b"hello"), base64.a85encode(b"hello"), base64.encodebytes(b"x" * 60), binascii.hexlify(b"ab", ":"), binascii.unhexlify("6162"), binascii.crc32(b"abc"), binascii.b2a_uu(b"cat"), binascii.a2b_qp(b"a=3Db"), binascii.crc_hqx(b"a", 0))
for bad in ("base64.b64decode('a')", "base64.b64decode('!!', validate=True)", "binascii.unhexlify('abc')", "binascii.unhexlify('zz')", "zlib.decompress(b'junk')", "zlib.compress('a')", "hashlib.new('nope')", "hashlib.md5('a')", "gzip.decompress(b'nope')", "base64.b32decode('a')", "zlib.compress(b'', 99)", "hmac.new(b'k', b'm')", "zlib.decompress(zlib.compress(b'abc')[:-2])", "hashlib.blake2b(digest_size=99)", "binascii.a2b_base64('a')", "base64.b85decode('~~~~~~')"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
