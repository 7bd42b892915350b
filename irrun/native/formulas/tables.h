/* Tables of the transcendental functions.
 *
 * Written by tools/numerics_constants.py from their definitions; not edited by hand. */

#ifndef IRRUN_TABLES_H
#define IRRUN_TABLES_H

extern const double EXP_HI[256];
extern const double EXP_LO[256];
extern const double LOG_FACTOR[2049];
extern const double LOG_HI[2049];
extern const double LOG_LO[2049];
extern const double TAN_HI[53];
extern const double TAN_LO[53];
extern const double TANH_HI[705];
extern const double TANH_LO[705];
extern const double ATAN_HI[65];
extern const double ATAN_LO[65];

#endif
