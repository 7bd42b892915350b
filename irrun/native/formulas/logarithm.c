/* Logarithm and power. See numerics/formulas/logarithm.py. */

#include "each.h"
#include "exponential.h"

#define LEAST_NORMAL 0x1p-1022

/* A larger power of anything but 1 is 0 or infinite. */
#define LARGEST_EXPONENT 0x1p70

/* Below this size of n, 2^(n/256) is a normal number for sure. */
#define NORMAL_STEPS 261376.0

#define HALF_PLACE (0x3FEull << 52)

/* x = 2^k z; k log 2 and -log c as sums of two; r = z c - 1. */
struct parts {
    double turned, turned_low, r, high, low;
};

/* Of the bits of a positive normal number; of a number 2^-lower times that. */
FORMULA struct parts log_parts(word whole, double lower) {
    double k = number_of(0x4330000000000000u | whole >> 52) - (0x1p52 + 1022.0) - lower;
    word z = (whole & FRACTION_BITS) | HALF_PLACE;
    word step = (z + (1ull << 40)) >> 41;
    double middle = number_of(step << 41);
    word i = step - (0x3FEull << 11);
    double factor = LOG_FACTOR[i];
    double r = (middle * factor - 1.0) + (number_of(z) - middle) * factor;
    return (struct parts){k * LN2_HI, k * LN2_LO, r, LOG_HI[i], LOG_LO[i]};
}

/* The same of any positive finite number. */
static struct parts any_log_parts(double x) {
    return x < LEAST_NORMAL ? log_parts(bits_of(x * 0x1p54), 54.0) : log_parts(bits_of(x), 0.0);
}

FORMULA double log_polynomial(double r) {
    return ((LOG_3 * r + LOG_2) * r + LOG_1) * r + LOG_0;
}

FORMULA double log_sum(struct parts a) {
    double main = a.turned + a.high;
    double total = main + a.r;
    double lost = ((main - total) + a.r) + (a.turned_low + a.low);
    return total + (lost + (a.r * a.r) * (a.r * log_polynomial(a.r) - 0.5));
}

FORMULA struct power power_parts(struct parts a, double b) {
    double main = a.turned + a.high;
    double square = a.r * a.r;
    double half = square * -0.5;
    double first = main + (a.r + half);
    double lost = (((main - first) + a.r) + half) + (a.turned_low + a.low)
                + square * (a.r * log_polynomial(a.r));
    double cut = high_part(first), b_cut = high_part(b);
    double product = b_cut * cut;
    double rest = (b - b_cut) * cut + b * ((first - cut) + lost);
    double n = nearest(product * STEPS_OVER_LN2);
    double r = ((product - n * LN2_STEP_1) - n * LN2_STEP_2) + rest;
    return (struct power){n, growth_of(r)};
}

FORMULA word is_normal(double x) { return mask((x >= LEAST_NORMAL) & (x < INFINITE)); }

FORMULA double usual_log(double x, word *rare) {
    *rare = ~is_normal(x);
    return log_sum(log_parts(bits_of(x), 0.0));
}

SELDOM double any_log(double x) {
    if (0.0 < x && x < INFINITE) return log_sum(any_log_parts(x));
    return x == 0.0 ? -INFINITE : x > 0.0 ? INFINITE : ONE_NAN;
}

FORMULA double usual_power(double a, double b, word *rare) {
    double size = size_of(a), half = 0.5 * b;
    struct power p = power_parts(log_parts(bits_of(size), 0.0), b);
    *rare = ~(is_normal(size) & mask(size_of(p.n) < NORMAL_STEPS));
    word is_negative = mask(a < 0.0), is_whole = mask(floor(b) == b);
    double value = flipped(scaled_power(p), is_negative & mask(floor(half) != half));
    return choose(is_negative & ~is_whole, ONE_NAN, value);
}

/* For size >= 0 and any b but 0 and NaN. */
static double power_of_size(double size, double b) {
    if (size == 1.0) return 1.0;
    if (size == 0.0 || size == INFINITE || size_of(b) >= LARGEST_EXPONENT)
        return (size > 1.0) == (b > 0.0) ? INFINITE : 0.0;
    return far_power(power_parts(any_log_parts(size), b));
}

/* By ECMAScript's table of cases, which differs from C's for a = 1 and -1. */
SELDOM double any_power(double a, double b) {
    if (b != b) return ONE_NAN;
    if (b == 0.0) return 1.0;
    if (a != a) return ONE_NAN;
    double size = size_of(a), half = 0.5 * b;
    int is_infinite = size_of(b) == INFINITE;
    int is_whole = floor(b) == b;
    if (is_infinite && size == 1.0) return ONE_NAN;
    if (a < 0.0 && size != INFINITE && !is_whole) return ONE_NAN;
    int is_odd = is_whole && floor(half) != half;
    double value = power_of_size(size, b);
    return is_odd && bits_of(a) & SIGN ? -value : value;
}

RARELY_OF_ONE(log_kernel, double, double, usual_log, any_log)
RARELY_OF_TWO(pow_kernel, double, double, usual_power, any_power)
