# SPDX-License-Identifier: Apache-2.0
"""The Sobol' analysis of bench_analysis.c written straight in numpy, as a reader of the papers would.

usage: sobol_numpy.py OUTPUTS.f64 N D RESAMPLES   prints seconds, S1 and ST.
"""
import sys
import time

import numpy as np


def indices(a, b, ab):
    """S1 by Saltelli (2010), ST by Jansen (1999), of standardised outputs."""
    variance = np.var(np.concatenate([a, b]))
    s1 = np.mean(b[:, None] * (ab - a[:, None]), axis=0) / variance
    st = 0.5 * np.mean((a[:, None] - ab) ** 2, axis=0) / variance
    return s1, st


def main():
    path, n, d, resamples = sys.argv[1], *map(int, sys.argv[2:5])
    y = np.fromfile(path)
    start = time.perf_counter()
    y = (y - y.mean()) / y.std()
    rows = y.reshape(n, d + 2)
    a, ab, b = rows[:, 0].copy(), rows[:, 1 : d + 1].copy(), rows[:, d + 1].copy()
    s1, st = indices(a, b, ab)
    rng = np.random.default_rng(1)
    boot = np.empty((resamples, 2, d))
    for r in range(resamples):
        pick = rng.integers(n, size=n)
        boot[r] = indices(a[pick], b[pick], ab[pick])
    half = 1.959963984540054 * boot.std(axis=0, ddof=1)
    print(time.perf_counter() - start)
    print(*s1, *st, *half.ravel())


main()
