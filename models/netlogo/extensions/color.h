// SPDX-License-Identifier: Apache-2.0
// Conversions between NetLogo's numbers for colours, red-green-blue (0 … 255) and hue (0 … 360),
// saturation and brightness (0 … 100).
#ifndef SW_NETLOGO_EXTENSIONS_COLOR_H
#define SW_NETLOGO_EXTENSIONS_COLOR_H

void sw_nl_color_to_rgb(double color, double out[3]);
void sw_nl_hsb_to_rgb(double hue, double saturation, double brightness, double out[3]);
void sw_nl_rgb_to_hsb(const double rgb[3], double out[3]);

#endif
