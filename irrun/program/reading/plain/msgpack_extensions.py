"""MessagePack extension types that producers use (ir-schema 19.4, W7)."""

from typing import Final

EXT_UNDEFINED: Final = 0x00
EXT_RECORD: Final = 0x72
EXT_TYPED_ARRAY: Final = 0x74

EXT_NAMES: Final = {
    -1: "timestamp",
    0x62: "msgpackr bundled strings",
    0x65: "msgpackr error",
    0x69: "msgpackr object identity",
    0x70: "msgpackr object reference",
    0x73: "set",
    0x78: "regular expression",
}

ARRAY_CODES: Final = {
    0: "i8", 1: "u8", 2: "u8c", 3: "i16", 4: "u16", 5: "i32", 6: "u32", 7: "f32", 8: "f64",
    9: "i64", 10: "u64", 16: "u8",
}  # fmt: skip
"""Element type by the first byte of a typed array; 16 is a plain ArrayBuffer."""
