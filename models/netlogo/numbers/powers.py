# Writes powers.inc: g(k) = floor(10^-k · 2^-r) + 1 with r = floor(log2(10^-k)) - 125, for every k that
# the shortest decimal of a double needs, as two halves of 63 bits (Giulietti 2021, section 9.8).
from fractions import Fraction

K_MIN, K_MAX = -324, 292


def floor_log2(x):
    e = x.numerator.bit_length() - x.denominator.bit_length()
    return e if Fraction(2) ** e <= x else e - 1


rows = []
for k in range(K_MIN, K_MAX + 1):
    x = Fraction(10) ** -k
    g = int(x / Fraction(2) ** (floor_log2(x) - 125)) + 1
    assert 1 << 125 <= g < 1 << 126
    rows.append("{0x%016X, 0x%016X}," % (g >> 63, g & ((1 << 63) - 1)))

print("// Made by powers.py.")
print("#define POWERS_MIN (%d)" % K_MIN)
print("static const struct {\n    uint64_t high, low;\n} powers[] = {")
for i in range(0, len(rows), 2):
    print("    " + " ".join(rows[i:i + 2]))
print("};")
