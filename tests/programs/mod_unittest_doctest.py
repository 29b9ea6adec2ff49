import unittest, doctest, io, sys
def double(x):
    """Doubles.

    >>> double(2)
    4
    >>> double("a")
    'aa'
    >>> double(None)
    Traceback (most recent call last):
    TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'
    >>> double(1)
    3
    """
    return x * 2
class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls): print("class")
    def setUp(self): self.x = 1
    def test_ok(self): self.assertEqual(self.x, 1); self.assertIn(1, [1]); self.assertTrue(True); self.assertAlmostEqual(0.1 + 0.2, 0.3)
    def test_fail(self): self.assertEqual({"a": [1, 2]}, {"a": [1, 3]})
    def test_error(self): raise KeyError("oops")
    @unittest.skip("reason")
    def test_skip(self): pass
    @unittest.expectedFailure
    def test_expected(self): self.fail("no")
    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i): self.assertNotEqual(i, 1)
    def test_raises(self):
        with self.assertRaises(ZeroDivisionError) as c: 1 / 0
        self.assertRaisesRegex(ValueError, "lit.*x", int, "x"); self.assertEqual(str(c.exception), "division by zero")
    def test_list(self): self.assertListEqual([1, 2, 3], [1, 2, 4])
    def test_multi(self): self.assertMultiLineEqual("a\nb\n", "a\nc\n")
class A(unittest.IsolatedAsyncioTestCase):
    async def test_a(self): self.assertEqual(await self.val(), 5)
    async def val(self): return 5
s = io.StringIO(); r = unittest.TextTestRunner(s, verbosity=2).run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])); import re; print(re.sub(r"in [\d.]+s", "in Xs", re.sub(r'File ".*/', 'File "', s.getvalue()))); print(r.testsRun, len(r.failures), len(r.errors), len(r.skipped), r.wasSuccessful())
f = io.StringIO(); o = sys.stdout; sys.stdout = f; res = doctest.testmod(); sys.stdout = o; print(res, re.sub(r'File ".*/', 'File "', f.getvalue()))
from unittest import mock
m = mock.Mock(return_value=3); m.a.b(1, k=2); print(m(5), m.called, m.a.b.call_args, m.mock_calls, mock.MagicMock().__len__()); m.assert_called_once_with(5)
try: m.assert_called_with(6)
except AssertionError as e: print(e)
with mock.patch("os.getcwd", return_value="mocked"): import os; print(os.getcwd())
m.side_effect = [1, ValueError("se")]; print(m())
try: m()
except ValueError as e: print(e)
