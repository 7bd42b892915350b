/* The exponential function. See numerics/formulas/exponential.py. */

#include "exponential.h"

#include "each.h"

/* Above the first e^x is infinite, below the second 0, up to the size of the third normal. */
#define TOO_LARGE 709.79
#define TOO_SMALL -745.2
#define NORMAL 708.0

FORMULA struct power exp_parts(double x) {
    double n = nearest(x * STEPS_OVER_LN2);
    double r = (x - n * LN2_STEP_1) - n * LN2_STEP_2;
    return (struct power){n, growth_of(r)};
}

double far_power(struct power p) {
    if (p.n >= 1025 * 256.0) return INFINITE;
    if (p.n < -1076 * 256.0) return 0.0;
    int32_t steps = (int32_t)p.n;
    word low = (word)(steps & 255);
    int32_t e = (steps - (int32_t)low) / 256;
    word value = bits_of(power_of_step(low, p.growth));
    if (e > 0) return number_of(value + ((word)(e - 2) << 52)) * 4.0;
    return number_of(value + ((word)(int64_t)(e + 200) << 52)) * 0x1p-200;
}

FORMULA double usual_exp(double x, word *rare) {
    *rare = mask(!(size_of(x) <= NORMAL));
    return scaled_power(exp_parts(x));
}

SELDOM double far_exp(double x) {
    if (TOO_SMALL <= x && x <= TOO_LARGE) return far_power(exp_parts(x));
    return x != x ? ONE_NAN : x < 0.0 ? 0.0 : INFINITE;
}

RARELY_OF_ONE(exp_kernel, double, double, usual_exp, far_exp)
