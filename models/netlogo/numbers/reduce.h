// SPDX-License-Identifier: Apache-2.0
// Reduction of an angle by multiples of pi/2, shared by the trigonometric functions.
#ifndef SW_NETLOGO_NUMBERS_REDUCE_H
#define SW_NETLOGO_NUMBERS_REDUCE_H

// Finds n and y[0] + y[1] = x − n · pi/2 with |y[0]| <= pi/4, y[1] the tail. x is finite. Returns
// n, of which only the last two bits have a meaning for large x.
int nl_reduce(double x, double y[2]);

#endif
