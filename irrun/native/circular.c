/* Sine and cosine. See numerics/formulas/circular.py. */

#include "each.h"
#include "reduction.h"

FORMULA double sine_drop(double r, double z, double main, double excess) {
    double p = ((((SIN_5 * z + SIN_4) * z + SIN_3) * z + SIN_2) * z + SIN_1) * z + SIN_0;
    return excess * main + (z * r) * p;
}

FORMULA double cosine_rest(double r, double z, double half, double main, double excess) {
    double p = ((((COS_5 * z + COS_4) * z + COS_3) * z + COS_2) * z + COS_1) * z + COS_0;
    return ((1.0 - main) - half) + ((z * z) * p + r * excess);
}

/* The sine of so many quarter turns, whose low bits count, and r - excess. */
FORMULA double turned(word quarters, double r, double excess) {
    double z = r * r;
    double half = 0.5 * z;
    double main = 1.0 - half;
    double cosine = main + cosine_rest(r, z, half, main, excess);
    double sine = r - sine_drop(r, z, main, excess);
    double value = choose(0 - (quarters & 1), cosine, sine);
    return number_of(bits_of(value) ^ ((quarters & 2) << 62));
}

FORMULA double usual_turned(double x, double counter, word *rare) {
    struct turns t = quarter_turns(x);
    *rare = mask(!(size_of(x) <= ORDINARY));
    return turned(bits_of(t.n + counter), t.r, t.excess);
}

FORMULA double usual_sin(double x, word *rare) { return usual_turned(x, ROUNDER, rare); }
FORMULA double usual_cos(double x, word *rare) { return usual_turned(x, ROUNDER + 1.0, rare); }

SELDOM double far_turned(double x, double counter) {
    struct turns t = far_turns(x);
    return one_nan(turned(bits_of(t.n + counter), t.r, t.excess));
}

FORMULA double far_sin(double x) { return far_turned(x, ROUNDER); }
FORMULA double far_cos(double x) { return far_turned(x, ROUNDER + 1.0); }

KERNEL_OF_ONE(sin_kernel, usual_sin, far_sin)
KERNEL_OF_ONE(cos_kernel, usual_cos, far_cos)
