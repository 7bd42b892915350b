/* What becomes of a double that is stored as another type. See numerics/convert.py. */

#include "each.h"

/* Below this a sum with the rounder has the low bits of an integer. */
#define FEW_BITS 0x1p51

FORMULA float to_f32(double x) {
    float single = (float)x;
    return x == x ? single : (float)ONE_NAN;
}

/* Truncated, modulo 2^32. */
FORMULA uint32_t usual_u32(double x, word *rare) {
    *rare = mask(!(size_of(x) < FEW_BITS));
    return (uint32_t)bits_of(trunc(x) + ROUNDER);
}

/* Of a number of at least 51 bits, in integers; of NaN and infinities 0. */
SELDOM uint32_t far_u32(double x) {
    word size = bits_of(x) & ~SIGN, whole = (size & FRACTION_BITS) | LEADING_BIT;
    int up = (int)(size >> 52) - 1075; /* from the last bit of the number to 1 */
    uint32_t low = up < 0 ? (uint32_t)(whole >> -up) : up < 32 ? (uint32_t)(whole << up) : 0;
    return x < 0.0 ? 0 - low : low;
}

KERNEL_OF_ONE(f32_kernel, double, float, to_f32)
RARELY_OF_ONE(u32_kernel, double, uint32_t, usual_u32, far_u32)

/* Clamped to 0..1; a NaN counts as 0. */
FORMULA double channel(double c) {
    double most = c < 1.0 ? c : 1.0;
    return c > 0.0 ? most : 0.0;
}

FORMULA uint8_t color_byte(double c) {
    double scaled = c * 255.0;
    double low = floor(scaled);
    return (uint8_t)((int32_t)low + (scaled - low >= 0.5));
}

/* Straight colours to premultiplied bytes; an element has four numbers. */
KERNEL void color_kernel(const void *const in[], void *out, size_t n) {
    const double *colors = in[0];
    uint8_t *bytes = out;
    EACH (i, n) {
        const double *color = colors + 4 * i;
        double alpha = channel(color[3]);
        bytes[4 * i] = color_byte(channel(color[0]) * alpha);
        bytes[4 * i + 1] = color_byte(channel(color[1]) * alpha);
        bytes[4 * i + 2] = color_byte(channel(color[2]) * alpha);
        bytes[4 * i + 3] = color_byte(alpha);
    }
}
