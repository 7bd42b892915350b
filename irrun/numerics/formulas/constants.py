"""Constants of the transcendental functions.

Written by tools/numerics_constants.py from their definitions; not edited by hand. Decimal
literals are in shortest round-trip form, so each is exactly the double that was computed.
"""

from typing import Final

# (r - sin r) / r^3, in z = r^2
SIN_0: Final = 0.16666666666666632
SIN_1: Final = -0.008333333333322413
SIN_2: Final = 0.0001984126982980749
SIN_3: Final = -2.755731369198108e-06
SIN_4: Final = 2.505075814911691e-08
SIN_5: Final = -1.5896798862290768e-10

# (cos r - 1 + z/2) / z^2, in z = r^2
COS_0: Final = 0.041666666666666644
COS_1: Final = -0.0013888888888882057
COS_2: Final = 2.4801587294417368e-05
COS_3: Final = -2.755731576376297e-07
COS_4: Final = 2.087591249645403e-09
COS_5: Final = -1.1369288744875926e-11

# (tan d - d) / d^3, in z = d^2
TAN_0: Final = 0.33333333333333337
TAN_1: Final = 0.13333333333323016
TAN_2: Final = 0.05396825412610445
TAN_3: Final = 0.021869383154047215
TAN_4: Final = 0.008895159345894623

# (atan t - t) / t^3, in z = t^2
ATAN_0: Final = -0.33333333333333287
ATAN_1: Final = 0.19999999999781487
ATAN_2: Final = -0.1428571395119874
ATAN_3: Final = 0.11110887546319569
ATAN_4: Final = -0.09023028410671367

# (asin x - x) / x^3, in z = x^2
ASIN_0: Final = 0.16666666666666752
ASIN_1: Final = 0.0749999999997315
ASIN_2: Final = 0.04464285717236861
ASIN_3: Final = 0.030381942815076998
ASIN_4: Final = 0.022372211982030567
ASIN_5: Final = 0.0173516655888634
ASIN_6: Final = 0.013980184093834582
ASIN_7: Final = 0.011404068082388074
ASIN_8: Final = 0.010751656079494408
ASIN_9: Final = 0.003813270416705725
ASIN_10: Final = 0.021450242779625966
ASIN_11: Final = -0.020638983964698716
ASIN_12: Final = 0.032405832749597234

# (tanh d - d) / d^3, in z = d^2
TANH_0: Final = -0.3333333333333333
TANH_1: Final = 0.13333333333327518
TANH_2: Final = -0.053968253936955424
TANH_3: Final = 0.021869480787126944
TANH_4: Final = -0.008862264896522531
TANH_5: Final = 0.0035322176319324814

# (e^r - 1 - r) / r^2, in r
EXP_0: Final = 0.5
EXP_1: Final = 0.16666667814448077
EXP_2: Final = 0.04166666857963567

# (log(1 + r) - r + r^2/2) / r^3, in r
LOG_0: Final = 0.33333333333333304
LOG_1: Final = -0.24999999999999972
LOG_2: Final = 0.20000001877738063
LOG_3: Final = -0.16666668309687477

TWO_OVER_PI: Final = 0.6366197723675814
"""2/pi"""
HALF_PI_1: Final = 1.5707963267341256
"""pi/2 to a multiple of 2^-32"""
HALF_PI_2: Final = 6.077100506303966e-11
"""the rest of pi/2 to a multiple of 2^-65"""
HALF_PI_3: Final = 2.0222662487111665e-21
"""the rest of pi/2 to a multiple of 2^-98"""
HALF_PI_4: Final = 8.4784276603689e-32
"""the rest of pi/2"""
HALF_PI_HI: Final = 1.5707963267948966
"""pi/2"""
HALF_PI_LO: Final = 6.123233995736766e-17
"""the rest of pi/2"""
STEPS_OVER_LN2: Final = 369.3299304675746
"""256 / ln 2"""
LN2_STEP_1: Final = 0.0027076061741126978
"""ln 2 / 256 to a multiple of 2^-43"""
LN2_STEP_2: Final = -5.0411407304988844e-14
"""the rest of ln 2 / 256"""
LN2_HI: Final = 0.6931471805598903
"""ln 2 to a multiple of 2^-42"""
LN2_LO: Final = 5.497923018708371e-14
"""the rest of ln 2"""
TWO_OVER_PI_1280: Final = int(
    "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561"
    "b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484"
    "e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980f"
    "ef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b"
    "3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6babf0cfbc209af4361d",
    16,
)
"""floor(2/pi * 2^1280), an integer"""
HALF_PI_192: Final = int(
    "1921fb54442d18469898cc51701b839a252049c1114cf98e8",
    16,
)
"""pi/2 * 2^192, rounded to an integer"""
