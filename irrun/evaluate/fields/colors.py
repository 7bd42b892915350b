"""Colours as arrays of shape (..., 4): HSL (runtime-semantics 17.2).

The same bits for every colour as the functions of `colors` that have the same names.
"""

import numpy as np

from irrun.ir.values import Array
from irrun.numerics.arrays import (
    clamp_b,
    divide,
    fract,
    maximum,
    minimum,
    remainder,
)


def hsl_to_rgb(hsl: Array) -> Array:
    """Convert colours that carry hue (turns), saturation, lightness in r, g, b."""
    hue = fract(hsl[..., 0]) * 360
    s, light = clamp_b(hsl[..., 1], 0.0, 1.0), clamp_b(hsl[..., 2], 0.0, 1.0)
    chroma = (1 - np.abs(2 * light - 1)) * s
    x = chroma * (1 - np.abs(remainder(hue / 60, 2.0) - 1))
    m = light - chroma / 2
    zero = np.zeros_like(chroma)
    sectors = [hue < limit for limit in (60, 120, 180, 240, 300)]
    r = np.select(sectors, [chroma, x, zero, zero, x], chroma)
    g = np.select(sectors, [x, chroma, chroma, x, zero], zero)
    b = np.select(sectors, [zero, zero, x, chroma, chroma], x)
    return np.stack([r + m, g + m, b + m, hsl[..., 3]], axis=-1)


def rgb_to_hsl(rgb: Array) -> Array:
    """Convert to hue (turns), saturation, lightness, carried in r, g, b."""
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    high, low = maximum(maximum(r, g), b), minimum(minimum(r, g), b)
    light = (high + low) / 2
    d = high - low
    s = np.where(light > 0.5, divide(d, 2 - high - low), divide(d, high + low))
    from_r = (divide(g - b, d) + np.where(g < b, 6.0, 0.0)) / 6
    from_g = (divide(b - r, d) + 2) / 6
    from_b = (divide(r - g, d) + 4) / 6
    hue = np.select([high == r, high == g], [from_r, from_g], from_b)
    is_grey = high == low
    hue, s = np.where(is_grey, 0.0, hue), np.where(is_grey, 0.0, s)
    return np.stack([hue, s, light, rgb[..., 3]], axis=-1)
