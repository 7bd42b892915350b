/* The hyperbolic tangent. See numerics/formulas/hyperbolic.py. */

#include "constants.h"
#include "each.h"
#include "tables.h"

/* From here on the result is 1. */
#define FLAT 22.0

#define STEPS 32.0
#define FIRST_STEP 4.0

FORMULA double tanh_of(double x) {
    double size = size_of(x);
    size = choose(mask(size < FLAT), size, FLAT);
    double step = floor(size * STEPS + 0.5);
    double centre = choose(mask(step >= FIRST_STEP), step / STEPS, 0.0);
    word i = bits_of(step + ROUNDER) & 1023;
    double high = TANH_HI[i], low = TANH_LO[i];
    double d = size - centre;
    double z = d * d;
    double p = ((((TANH_5 * z + TANH_4) * z + TANH_3) * z + TANH_2) * z + TANH_1) * z + TANH_0;
    double t = d + (z * d) * p;
    double value = high + ((1.0 - high * high) * t / (1.0 + high * t) + low);
    return choose(mask(x == x), with_sign(value, x), ONE_NAN);
}

KERNEL_OF_ONE(tanh_kernel, double, double, tanh_of)
