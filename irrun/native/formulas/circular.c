/* Sine, cosine, tangent. See numerics/formulas/circular.py. */

#include "each.h"
#include "reduction.h"
#include "tables.h"

/* Below this the tangent of x is x. */
#define TINY 0x1p-28

/* Steps of the table of tangents in a radian; it has those from 4 to 52. */
#define STEPS 64.0
#define FIRST_STEP 4.0
#define LAST_STEP 52.0

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

FORMULA double turned_tangent(double value, double rest) {
    double q = high_part(-1.0 / value);
    double cut = high_part(value);
    return q + ((-1.0 - q * cut) - q * ((value - cut) + rest)) / value;
}

FORMULA double tangent(struct turns t) {
    double step = nearest(t.r * STEPS), size = size_of(step);
    step = choose(mask((size >= FIRST_STEP) & (size <= LAST_STEP)), step, 0.0);
    word i = bits_of(size_of(step) + ROUNDER) & 63;
    double high = flipped(TAN_HI[i], bits_of(step)), low = flipped(TAN_LO[i], bits_of(step));
    double d = t.r - step / STEPS;
    double z = d * d;
    double p = (((TAN_4 * z + TAN_3) * z + TAN_2) * z + TAN_1) * z + TAN_0;
    double bend = (z * d) * p - t.excess;
    double small = d + bend;
    double rise = (1.0 + high * high) * small / (1.0 - high * small);
    double value = high + rise;
    double rest = ((high - value) + rise) + (low + ((d - small) + bend));
    word odd = 0 - (bits_of(t.n + ROUNDER) & 1);
    return choose(odd, turned_tangent(value, rest), value + rest);
}

FORMULA double usual_tan(double x, word *rare) {
    double size = size_of(x);
    *rare = mask(!(size <= ORDINARY));
    return choose(mask(size < TINY), x, tangent(quarter_turns(x)));
}

SELDOM double far_tan(double x) { return one_nan(tangent(far_turns(x))); }

RARELY_OF_ONE(sin_kernel, double, double, usual_sin, far_sin)
RARELY_OF_ONE(cos_kernel, double, double, usual_cos, far_cos)
RARELY_OF_ONE(tan_kernel, double, double, usual_tan, far_tan)
/* What fields see of them, rounded to float32: numerics/formulas/single_circular.py. */
RARELY_OF_ONE(sin_to_f32_kernel, double, float, usual_sin, far_sin)
RARELY_OF_ONE(cos_to_f32_kernel, double, float, usual_cos, far_cos)
