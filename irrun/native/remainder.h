/* The truncated remainder: exact, with the sign of a. */

#ifndef IRRUN_REMAINDER_H
#define IRRUN_REMAINDER_H

#include "parts.h"

/* A quotient below this has 26 bits, and so many has the high part of b: the product is exact. So
 * is that with the low part, and what is left of a has no more bits than b. */
#define LARGEST_QUOTIENT 0x1p26
#define LOW_PART 0x7FFFFFFu

FORMULA double usual_remainder(double a, double b, word *rare) {
    double x = size_of(a), y = size_of(b);
    double quotient = floor(x / y);
    double high = number_of(bits_of(y) & ~(word)LOW_PART);
    double rest = (x - quotient * high) - quotient * (y - high);
    /* The quotient may have been rounded up to an integer. */
    double mended = rest + y;
    rest = choose(mask(rest < 0.0), mended, rest);
    *rare = mask(!((quotient < LARGEST_QUOTIENT) & (y < INFINITE)));
    return with_sign(rest, a);
}

SELDOM double any_remainder(double a, double b) {
    if (b == 0.0 || b != b || !(size_of(a) < INFINITE)) return ONE_NAN;
    return fmod(a, b);
}

#endif
