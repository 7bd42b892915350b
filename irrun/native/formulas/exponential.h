/* 2^(n/256) (1 + growth). See numerics/formulas/exponential.py. */

#ifndef IRRUN_EXPONENTIAL_H
#define IRRUN_EXPONENTIAL_H

#include "constants.h"
#include "parts.h"
#include "tables.h"

struct power {
    double n, growth;
};

FORMULA double growth_of(double r) { return r + (r * r) * ((EXP_2 * r + EXP_1) * r + EXP_0); }

/* 2^(i/256) (1 + growth), for the last 8 bits of the steps. */
FORMULA double power_of_step(word steps, double growth) {
    double high = EXP_HI[steps & 255];
    return high + (EXP_LO[steps & 255] + high * growth);
}

/* Where the result is a normal number; anything elsewhere. */
FORMULA double scaled_power(struct power p) {
    word steps = bits_of(p.n + ROUNDER);
    /* Adding e to the exponent field multiplies by 2^e. */
    return number_of(bits_of(power_of_step(steps, p.growth)) + ((steps >> 8) << 52));
}

/* For any n, rounded once also where the result is subnormal. */
double far_power(struct power p);

#endif
