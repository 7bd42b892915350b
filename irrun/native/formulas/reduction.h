/* Angles to quarter turns. See numerics/formulas/reduction.py. */

#ifndef IRRUN_REDUCTION_H
#define IRRUN_REDUCTION_H

#include "constants.h"
#include "parts.h"

/* 2^20: the largest |x| for which `quarter_turns` is exact enough. */
#define ORDINARY 1048576.0

/* x = n pi/2 + r - excess. */
struct turns {
    double n, r, excess;
};

FORMULA struct turns quarter_turns(double x) {
    double n = nearest(x * TWO_OVER_PI);
    double first = x - n * HALF_PI_1;
    double part = n * HALF_PI_2;
    double second = first - part;
    double error = (first - second) - part;
    part = n * HALF_PI_3;
    double r = second - part;
    double excess = n * HALF_PI_4 - (error + ((second - r) - part));
    return (struct turns){n, r, excess};
}

/* The same for any finite x, with n modulo 4, in integers; NaN for all else. */
struct turns far_turns(double x);

#endif
