/* Arcsine, arccosine, and the angle of a point. See numerics/formulas/inverse_circular.py. */

#include "constants.h"
#include "each.h"
#include "tables.h"

/* Keeps 0 / 0 out of the arcsine of 1; too small to change any other sum. */
#define NOT_ZERO 0x1p-1000

#define QUARTER_PI (HALF_PI_HI / 2.0)

FORMULA double arc_series(double x, double z) {
    double p = (((ASIN_12 * z + ASIN_11) * z + ASIN_10) * z + ASIN_9) * z + ASIN_8;
    p = (((p * z + ASIN_7) * z + ASIN_6) * z + ASIN_5) * z + ASIN_4;
    p = (((p * z + ASIN_3) * z + ASIN_2) * z + ASIN_1) * z + ASIN_0;
    return x * (z * p);
}

/* asin(sqrt((1 - size) / 2)) as a sum. */
struct half_arc {
    double high, rest;
};

FORMULA struct half_arc half_arc_of(double size) {
    double z = (1.0 - size) * 0.5;
    double s = sqrt(z);
    double high = high_part(s);
    double rest = (z - high * high) / ((s + high) + NOT_ZERO);
    return (struct half_arc){high, rest + arc_series(s, z)};
}

FORMULA double asin_of(double x) {
    double size = size_of(x);
    struct half_arc a = half_arc_of(size);
    double large = QUARTER_PI - ((2.0 * a.rest - HALF_PI_LO) - (QUARTER_PI - 2.0 * a.high));
    double small = x + arc_series(x, x * x);
    double value = choose(mask(size <= 0.5), small, with_sign(large, x));
    return choose(mask(size <= 1.0), value, ONE_NAN);
}

FORMULA double acos_of(double x) {
    double size = size_of(x);
    struct half_arc a = half_arc_of(size);
    double of_negative = 2.0 * (HALF_PI_HI - (a.high + (a.rest - HALF_PI_LO)));
    double large = choose(mask(x > 0.0), 2.0 * (a.high + a.rest), of_negative);
    double small = HALF_PI_HI - (x - (HALF_PI_LO - arc_series(x, x * x)));
    double value = choose(mask(size <= 0.5), small, large);
    return choose(mask(size <= 1.0), value, ONE_NAN);
}

KERNEL_OF_ONE(asin_kernel, double, double, asin_of)
KERNEL_OF_ONE(acos_kernel, double, double, acos_of)

/* --- The angle of a point ---------------------------------------------------------------------- */

#define STEPS 64.0
#define FIRST_STEP 4.0

/* Coordinates between which no product below loses bits. */
#define SMALL 0x1p-400
#define LARGE 0x1p400

/* A quotient below 2^-80 is its own arctangent, and nothing beside pi. */
#define NEGLIGIBLE 80

/* atan(least / most) = atan(step / 64) + t + rest */
struct octant {
    double step, t, rest;
};

FORMULA struct octant octant_angle(double least, double most) {
    double q = least / most;
    double q_high = high_part(q), high = high_part(most);
    double q_rest = ((least - q_high * high) - q_high * (most - high)) / most - (q - q_high);
    double step = nearest(q * STEPS);
    step = choose(mask((step >= FIRST_STEP) & (step <= STEPS)), step, 0.0);
    double c = step / STEPS;
    double below = 1.0 + c * q;
    double t = (q - c) / below;
    double z = t * t;
    double p = (((ATAN_4 * z + ATAN_3) * z + ATAN_2) * z + ATAN_1) * z + ATAN_0;
    return (struct octant){step, t, q_rest / below + (t * z) * p};
}

/* Turns the angle within the first octant to where the point is: atan, pi/2 - atan, pi - atan or
 * pi/2 + atan, by the masks `steep` and `left`. */
FORMULA double angle_in(word steep, word left, double least, double most) {
    struct octant o = octant_angle(least, most);
    word i = bits_of(o.step + ROUNDER) & 127, sign = steep ^ left;
    double base = choose(steep, 1.0, choose(left, 2.0, 0.0));
    double high = flipped(ATAN_HI[i], sign), low = flipped(ATAN_LO[i], sign);
    double total = base * HALF_PI_HI + high;
    low = (((base * HALF_PI_HI - total) + high) + base * HALF_PI_LO) + low;
    return total + (flipped(o.t, sign) + (flipped(o.rest, sign) + low));
}

FORMULA double usual_atan2(double y, double x, word *rare) {
    double ay = size_of(y), ax = size_of(x);
    word steep = mask(ay > ax), left = mask(x < 0.0);
    double least = choose(steep, ax, ay), most = choose(steep, ay, ax);
    *rare = mask(!((most <= LARGE) & ((least >= SMALL) | ((least == 0.0) & (most > 0.0)))));
    return with_sign(size_of(angle_in(steep, left, least, most)), y);
}

/* The exponent of a positive number that is at least 1/2 and below 1 without it. */
static int exponent_of(double x) {
    if (x < 0x1p-1022) return (int)(bits_of(x * 0x1p54) >> 52) - 1022 - 54;
    return (int)(bits_of(x) >> 52) - 1022;
}

static double power_of_two(int e) { return number_of((word)(1023 + e) << 52); }

/* Makes of two numbers others with the same quotient, neither huge nor tiny unless it is. */
static void bring_near(double *least, double *most) {
    if (*least == *most) {
        *least = *most == 0.0 ? 0.0 : 1.0;
        *most = 1.0;
    } else if (*most == INFINITE || *least == 0.0
               || exponent_of(*most) - exponent_of(*least) > NEGLIGIBLE) {
        *least = *least / *most;
        *most = 1.0;
    } else {
        int down = -exponent_of(*most), half = down / 2;
        *least = *least * power_of_two(half) * power_of_two(down - half);
        *most = *most * power_of_two(half) * power_of_two(down - half);
    }
}

SELDOM double any_atan2(double y, double x) {
    if (x != x || y != y) return ONE_NAN;
    double ay = size_of(y), ax = size_of(x);
    word steep = mask(ay > ax), left = mask((bits_of(x) & SIGN) != 0);
    double least = choose(steep, ax, ay), most = choose(steep, ay, ax);
    bring_near(&least, &most);
    return with_sign(size_of(angle_in(steep, left, least, most)), y);
}

FORMULA double usual_atan(double x, word *rare) { return usual_atan2(x, 1.0, rare); }
FORMULA double any_atan(double x) { return any_atan2(x, 1.0); }

RARELY_OF_TWO(atan2_kernel, double, double, usual_atan2, any_atan2)
RARELY_OF_ONE(atan_kernel, double, double, usual_atan, any_atan)
