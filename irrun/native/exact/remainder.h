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

/* A size in integers: whole * 2^e. */
struct integral {
    word whole;
    int e;
};

static struct integral integral_of(double size) {
    int field = (int)(bits_of(size) >> 52);
    word fraction = bits_of(size) & FRACTION_BITS;
    if (field == 0) return (struct integral){fraction, -1074};
    return (struct integral){fraction | LEADING_BIT, field - 1075};
}

/* By long division in integers, 11 bits at a time: a rest of 53 bits has room for so many more. */
SELDOM double any_remainder(double a, double b) {
    double size = size_of(a), divisor = size_of(b);
    if (b == 0.0 || b != b || !(size < INFINITE)) return ONE_NAN;
    if (size < divisor) return a;
    struct integral x = integral_of(size), y = integral_of(divisor);
    word rest = x.whole % y.whole;
    for (int left = x.e - y.e; left > 0 && rest; left -= 11)
        rest = (rest << (left < 11 ? left : 11)) % y.whole;
    word unit = y.e < -1022 ? (word)1 << (y.e + 1074) : (word)(y.e + 1023) << 52;
    return with_sign((double)rest * number_of(unit), a);
}

#endif
