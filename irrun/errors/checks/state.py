"""IR3xx: state cells."""

from irrun.errors.base import Invalid, Severity


class DuplicateStateId(Invalid):
    """Two state cells have one state id; operations find the first one only."""

    code = "IR362"
    title = "duplicate state id"
    message = "cells[{first}] and cells[{second}] both have the state id {state_id}"
    severity = Severity.WARNING
    wrong = '"cells": [{"stateId": "acc", "offset": 0}, {"stateId": "acc", "offset": 1}]'
    right = '"cells": [{"stateId": "acc", "offset": 0}, {"stateId": "acc2", "offset": 1}]'
    section = "ir-schema 7"


class DuplicateStableKey(Invalid):
    """Two state cells share node id, role and storage, by which a hot swap carries state over.

    The last one represents the key: what the others hold is lost in a swap.
    """

    code = "IR363"
    title = "duplicate stable key"
    message = "cells[{first}] and cells[{second}] share the key `{key}`"
    hint = "give the cells of one node different roles"
    severity = Severity.WARNING
    wrong = '{"nodeId": "n", "role": "memory"}, {"nodeId": "n", "role": "memory"}'
    right = '{"nodeId": "n", "role": "held"}, {"nodeId": "n", "role": "trigger"}'
    section = "runtime-semantics 15"


class StateSizeDiffers(Invalid):
    """A state array is longer than its cells need; the rest belongs to nobody."""

    code = "IR364"
    title = "state size does not add up"
    message = "{storage}Size is {size}, but its cells end at {end}"
    severity = Severity.WARNING
    wrong = '{"cells": [{"storage": "f64", "offset": 0, "size": 1}], "f64Size": 4}'
    right = '{"cells": [{"storage": "f64", "offset": 0, "size": 1}], "f64Size": 1}'
    section = "ir-schema 7"


class UnusedCell(Invalid):
    """No operation that a step can reach uses a state cell."""

    code = "IR365"
    title = "state cell nobody uses"
    message = "state cell {state_id} is used by no step"
    severity = Severity.WARNING
    wrong = '"cells": [{"stateId": "acc", ...}] and no node with "stateId": "acc"'
    right = '"cells": []'
    section = "ir-schema 7"


class UnknownStateId(Invalid):
    """A step or hint names a state cell that the layout does not have."""

    code = "IR366"
    title = "unknown state id"
    message = "{owner} names the state cell {state_id}, which the layout does not have"
    severity = Severity.WARNING
    wrong = '"stateWrites": ["acc"] with "cells": []'
    right = '"stateWrites": ["acc"] with "cells": [{"stateId": "acc", ...}]'
    section = "ir-schema 7"
