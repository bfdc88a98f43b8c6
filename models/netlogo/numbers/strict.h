// SPDX-License-Identifier: Apache-2.0
// Elementary functions to the last bit as Java's StrictMath defines them, that is, as the freely
// distributable library fdlibm 5.3 computes them. The C library's own functions differ in the
// last place for two to eighteen per cent of arguments, which is enough to send a model's run
// down another path, so models of this family call none of them.
//
// Every function follows the special cases of the Java SE specification of StrictMath (signed
// zeros, infinities, NaN). They set no errno and raise no trap. Angles are in radians.
#ifndef SW_NETLOGO_NUMBERS_STRICT_H
#define SW_NETLOGO_NUMBERS_STRICT_H

double sw_nl_sin(double x);
double sw_nl_cos(double x);
double sw_nl_tan(double x);
double sw_nl_asin(double x);
double sw_nl_acos(double x);
double sw_nl_atan(double x);
// The angle of the point (x, y), with y first as everywhere.
double sw_nl_atan2(double y, double x);
double sw_nl_exp(double x);
double sw_nl_log(double x);
double sw_nl_log10(double x);
// NetLogo's `^`. x to the power 0 is 1, also for NaN; 1 to an infinite power is NaN.
double sw_nl_pow(double x, double y);
// Correctly rounded, as IEEE 754 has it.
double sw_nl_sqrt(double x);

#endif
